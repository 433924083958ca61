using Hmas.Signals.Streaming;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>Recipes that learn on the device, value by value, and need no model: their defaults are the detector's own.</summary>
internal static class StreamingRecipes
{
    /// <summary>Channels assumed where a detector takes whatever a device has.</summary>
    private const int SampleChannels = 8;

    public static IReadOnlyList<(string Name, string Purpose, string Size)> All { get; } =
    [
        ("novelty", "anomalies on one channel as it streams: a statistic beyond everything seen so far",
            $"1 channel, first answer after {NoveltyDetector.WarmUp} values, {NoveltyDetector.StateBytes} bytes of state"),
        ("changepoint", "the row at which a machine's state begins to change, on many channels",
            $"{SampleChannels} channels, {ChangepointDetector.Recent} rows against the {ChangepointDetector.Reference} before, {new ChangepointDetector(SampleChannels).StateBytes} bytes of state"),
    ];
}

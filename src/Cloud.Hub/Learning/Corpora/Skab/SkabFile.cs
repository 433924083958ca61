namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>One experiment of SKAB.</summary>
/// <param name="Key">Group and number with a slash between.</param>
/// <param name="Stamps">Local time of each row; for the changepoint score only.</param>
/// <param name="Rows">Shape (N, C), row-major, the channels of <see cref="SkabFolder.Channels"/> in their units.</param>
/// <param name="Anomalous">Truth of each row; null when it is not known.</param>
/// <param name="Changepoints">Rows at which the state changes; null when they are not known.</param>
internal sealed record SkabFile(
    string Key, IReadOnlyList<DateTime> Stamps, float[] Rows, IReadOnlyList<bool>? Anomalous, IReadOnlyList<bool>? Changepoints)
{
    /// <summary>Rows at the start that are a device's calibration and are never scored.</summary>
    public const int CalibrationRows = 400;

    public int Count => Stamps.Count;

    /// <summary>The same experiment without some of its rows: what a device would have seen had the fault come sooner.</summary>
    public SkabFile Without(int from, int to)
    {
        var channels = SkabFolder.Channels.Count;
        return this with
        {
            Stamps = Cut(Stamps, 1),
            Rows = Cut(Rows, channels),
            Anomalous = Anomalous is null ? null : Cut(Anomalous, 1),
            Changepoints = Changepoints is null ? null : Cut(Changepoints, 1),
        };

        T[] Cut<T>(IReadOnlyList<T> values, int width) => [.. values.Take(from * width), .. values.Skip(to * width)];
    }
}

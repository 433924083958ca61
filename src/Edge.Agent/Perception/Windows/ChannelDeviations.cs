using System.Globalization;
using Hmas.Contracts.Sensing;
using Hmas.Signals;

namespace Edge.Agent.Perception.Windows;

/// <summary>Says which channels are farthest from their healthy level, in their units: where a person looks first.</summary>
internal static class ChannelDeviations
{
    private const int MostTold = 3;

    /// <summary>A channel within so many of its healthy deviations is not told of.</summary>
    private const float Far = 3;

    /// <param name="channels">Of the device.</param>
    /// <param name="healthy">Centre and scale of each of them.</param>
    /// <param name="among">Indices of those to look at.</param>
    /// <param name="rows">The newest rows that are averaged: as many as the calibration smooths over.</param>
    /// <returns>The farthest first; one sentence where none is far by itself; nothing where no channel has a value.</returns>
    public static IReadOnlyList<string> Tell(
        FrameHistory history, IReadOnlyList<SensorChannel> channels, Calibration healthy, ReadOnlySpan<int> among, int rows)
    {
        var seen = new List<(int Channel, float Level, float Deviation)>();
        foreach (var channel in among)
        {
            var level = Mean(history, channel, (int)Math.Min(rows, history.Contiguous));
            if (float.IsFinite(level)) seen.Add((channel, level, MathF.Abs(level - healthy.Centre[channel]) / healthy.Scale[channel]));
        }

        if (seen.Count == 0) return [];
        string[] far =
        [
            .. seen.Where(static one => one.Deviation >= Far).OrderByDescending(static one => one.Deviation).Take(MostTold)
                .Select(one => Line(channels[one.Channel], one.Level, healthy.Centre[one.Channel], healthy.Scale[one.Channel])),
        ];
        return far.Length > 0 ? far : ["no channel alone is far from its healthy level: how they go together is unusual"];
    }

    private static string Line(SensorChannel channel, float level, float centre, float scale)
    {
        var unit = channel.Unit switch { "" => "", "Cel" => " °C", var senml => $" {senml}" };
        return string.Create(CultureInfo.InvariantCulture, $"{channel.Name} {level:G4}{unit}, healthy {centre:G4} ± {scale:G2}{unit}");
    }

    private static float Mean(FrameHistory history, int channel, int rows)
    {
        history.Tail(channel, rows, out var older, out var newer);
        var (sum, count) = (0.0, 0);
        foreach (var value in older) Add(value);
        foreach (var value in newer) Add(value);
        return count == 0 ? float.NaN : (float)(sum / count);

        void Add(float value)
        {
            if (!float.IsFinite(value)) return;
            sum += value;
            count++;
        }
    }
}

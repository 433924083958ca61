using System.Globalization;
using Cloud.Hub.Perception.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Perception.Quality;

/// <summary>How good one device's windows are, counted value by value and channel by channel.</summary>
internal sealed class QualityCounts
{
    /// <summary>Further from the healthy centre than any real quantity goes, in healthy scales.</summary>
    private const float OutOfRange = 1_000;

    private const double Suspect = 0.01;
    private const double Bad = 0.1;

    private long _windows;
    private long _values;
    private long _missing;
    private long _outOfRange;
    private long _channelWindows;
    private long _stuck;

    /// <summary>Adds a window: NaN is missing; a channel whose values are all the same though it moved when healthy is stuck.</summary>
    public void Add(ExperienceRecord window)
    {
        _windows++;
        var calibrated = window.Centre.Length == window.Channels;
        for (var channel = 0; channel < window.Channels; channel++)
        {
            var values = window.Window.AsSpan(channel * window.Length, window.Length);
            var scale = calibrated ? window.Scale[channel] : 0;
            var first = float.NaN;
            var constant = true;
            foreach (var value in values)
            {
                _values++;
                if (!float.IsFinite(value))
                {
                    _missing++;
                    continue;
                }

                if (float.IsNaN(first)) first = value;
                else if (value != first) constant = false;
                if (scale > 0 && MathF.Abs(value - window.Centre[channel]) > OutOfRange * scale) _outOfRange++;
            }

            _channelWindows++;
            if (constant && !float.IsNaN(first) && scale > 0) _stuck++;
        }
    }

    public DataQuality Verdict(string deviceId)
    {
        var missing = Share(_missing, _values);
        var stuck = Share(_stuck, _channelWindows);
        var outOfRange = Share(_outOfRange, _values);
        var worst = Math.Max(missing, Math.Max(stuck, outOfRange));
        var verdict = worst >= Bad ? "bad" : worst >= Suspect ? "suspect" : "good";
        var explanation = verdict == "good"
            ? "values arrive, move and stay in range"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * missing:0.#} % of values missing, {100 * stuck:0.#} % of channel windows stuck, {100 * outOfRange:0.#} % of values out of range");
        return new DataQuality(deviceId, verdict, missing, stuck, outOfRange, _windows, explanation);
    }

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}

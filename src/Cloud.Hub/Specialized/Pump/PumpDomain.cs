using System.Globalization;
using Cloud.Hub.Specialized.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Specialized.Pump;

/// <summary>Names a pump's likely fault by comparing how its quantities left their healthy levels with the signatures of known faults.</summary>
internal sealed class PumpDomain(SpecializedMetrics metrics) : IPumpDomain
{
    /// <summary>Below this many healthy scales nothing has left its level.</summary>
    private const float Quiet = 1.5f;

    /// <summary>Below this similarity no fault is named.</summary>
    private const double LeastConfidence = 0.5;

    private static readonly int Quantities = Enum.GetValues<PumpQuantity>().Length;

    public static IReadOnlyList<PumpFault> Faults { get; } = [.. PumpFaults.All.Select(signature => signature.Fault)];

    public Task<IReadOnlyList<PumpFault>> FaultsAsync(CancellationToken cancellation) => Task.FromResult(Faults);

    public Task<PumpAdvice> AdviseAsync(string deviceId, IReadOnlyList<string> channels, ExperienceRecord experience, CancellationToken cancellation)
    {
        var advice = Advise(deviceId, channels, experience);
        metrics.Advised(advice.Fault);
        return Task.FromResult(advice);
    }

    public static PumpAdvice Advise(string deviceId, IReadOnlyList<string> channels, ExperienceRecord experience)
    {
        var asset = $"pump of {deviceId}";
        if (channels.Count != experience.Channels || experience.Centre.Length != experience.Channels)
            return new PumpAdvice(
                asset, PumpFaults.Unknown, 0, ["the window carries no calibration to compare with"], "Wait until the device has calibrated itself.");

        Span<float> level = stackalloc float[Quantities];
        Span<float> unrest = stackalloc float[Quantities];
        var reasons = Deviations(channels, experience, level, unrest);
        if (reasons.Count == 0) return new PumpAdvice(asset, PumpFaults.Unknown, 0, ["every quantity is within its healthy band"], "Nothing to do.");

        FaultSignature? best = null;
        var similarity = 0.0;
        foreach (var signature in PumpFaults.All)
        {
            var candidate = Similarity(signature, level, unrest);
            if (candidate <= similarity) continue;
            best = signature;
            similarity = candidate;
        }

        return best is null || similarity < LeastConfidence
            ? new PumpAdvice(
                asset, PumpFaults.Unknown, similarity, reasons, "Inspect the machine; label what you find, so that it has a name next time.")
            : new PumpAdvice(asset, best.Fault.Name, similarity, reasons, best.Fault.Advice);
    }

    /// <summary>Mean deviation in healthy scales and growth of the spread, per quantity; the strongest channel of a quantity speaks for it.</summary>
    private static List<string> Deviations(IReadOnlyList<string> channels, ExperienceRecord experience, Span<float> level, Span<float> unrest)
    {
        var reasons = new List<string>();
        for (var channel = 0; channel < channels.Count; channel++)
        {
            if (PumpChannels.Find(channels[channel]) is not { } quantity) continue;
            var values = experience.Window.AsSpan(channel * experience.Length, experience.Length);
            var scale = experience.Scale[channel];
            if (!(scale > 0) || !Moments(values, out var mean, out var deviation)) continue;
            var away = (mean - experience.Centre[channel]) / scale;
            var spread = (deviation / scale) - 1;
            if (MathF.Abs(away) >= Quiet && MathF.Abs(away) > MathF.Abs(level[(int)quantity]))
            {
                level[(int)quantity] = away;
                reasons.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{channels[channel]} is {MathF.Abs(away):0.0} scales {(away > 0 ? "above" : "below")} its healthy level"));
            }

            if (spread >= Quiet && spread > unrest[(int)quantity])
            {
                unrest[(int)quantity] = spread;
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{channels[channel]} moves {spread + 1:0.0} times as much as when healthy"));
            }
        }

        return reasons;
    }

    /// <summary>Cosine of signature and observation over levels and unrest, each observation compressed
    /// so that one far quantity does not drown the rest.</summary>
    private static double Similarity(FaultSignature signature, ReadOnlySpan<float> level, ReadOnlySpan<float> unrest)
    {
        double dot = 0, seen = 0, expected = 0;
        for (var i = 0; i < Quantities; i++)
        {
            var quantity = (PumpQuantity)i;
            Add(signature.Level.GetValueOrDefault(quantity), MathF.Asinh(level[i]), ref dot, ref seen, ref expected);
            Add(signature.Unrest.GetValueOrDefault(quantity), MathF.Asinh(unrest[i]), ref dot, ref seen, ref expected);
        }

        return seen == 0 || expected == 0 ? 0 : dot / Math.Sqrt(seen * expected);
    }

    private static void Add(float weight, float observed, ref double dot, ref double seen, ref double expected)
    {
        dot += weight * observed;
        seen += observed * observed;
        expected += weight * weight;
    }

    /// <summary>False when no value is finite.</summary>
    private static bool Moments(ReadOnlySpan<float> values, out float mean, out float deviation)
    {
        double sum = 0, squares = 0;
        var count = 0;
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) continue;
            sum += value;
            squares += (double)value * value;
            count++;
        }

        mean = count == 0 ? 0 : (float)(sum / count);
        deviation = count == 0 ? 0 : (float)Math.Sqrt(Math.Max(0, (squares / count) - ((double)mean * mean)));
        return count > 0;
    }
}

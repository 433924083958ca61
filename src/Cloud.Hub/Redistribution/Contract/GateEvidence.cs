namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What a verdict was based on.</summary>
/// <param name="DevicesAnswered">Answered with the new digest at some time.</param>
/// <param name="DevicesFailed">Refused the model or returned from it because of what it did.</param>
/// <param name="DevicesUndelivered">Refused because the package did not arrive or may not be installed there.</param>
/// <param name="DevicesIdle">Online, and neither committed nor failed.</param>
/// <param name="DevicesSilent">Told, and not heard of since.</param>
/// <param name="Windows">Answered by the new digest and judged.</param>
/// <param name="ShadowWindows">Answered by both models side by side.</param>
/// <param name="Metrics">Those that there is anything of, in the order of <see cref="GateLimits"/>.</param>
public sealed record GateEvidence(
    int DevicesTold, int DevicesAnswered, int DevicesFailed, int DevicesUndelivered, int DevicesIdle, int DevicesSilent, long Windows,
    long LabelledNormalWindows, long ShadowWindows,
    IReadOnlyList<MetricEvidence> Metrics)
{
    /// <summary>Of an artefact that answers no windows: answered with it for the minimum healthy time, and heard of at its end.</summary>
    public int DevicesHealthy { get; init; }

    /// <summary>Of the same: began, and not heard of for longer than a heartbeat may take.</summary>
    public int DevicesLost { get; init; }

    public MetricEvidence? Metric(string name) => Metrics.FirstOrDefault(metric => metric.Name == name);

    public bool Equals(GateEvidence? other) => other is not null
        && (DevicesTold, DevicesAnswered, DevicesFailed, DevicesUndelivered, DevicesIdle, DevicesSilent)
            == (other.DevicesTold, other.DevicesAnswered, other.DevicesFailed, other.DevicesUndelivered, other.DevicesIdle, other.DevicesSilent)
        && (Windows, LabelledNormalWindows, ShadowWindows, DevicesHealthy, DevicesLost)
            == (other.Windows, other.LabelledNormalWindows, other.ShadowWindows, other.DevicesHealthy, other.DevicesLost)
        && Metrics.SequenceEqual(other.Metrics);

    public override int GetHashCode() => HashCode.Combine(DevicesTold, DevicesAnswered, Windows, Metrics.Count);
}

/// <summary>One metric of a gate.</summary>
/// <param name="Value">A share, 0 to 1, by devices with the new digest.</param>
/// <param name="Reference">The same by what it is compared with; null where it is held against its limit alone.</param>
/// <param name="Limit">Of the value, or of what it exceeds the reference by.</param>
/// <param name="Trials">How many independent observations it rests on: windows divided by those of an episode, reports or devices.</param>
/// <param name="Odds">Against a value within the limit, slices counted in; 1 says nothing.</param>
/// <param name="StopsAt">The odds at which it stops the rollout.</param>
/// <param name="Tells">The smallest value, or excess over the reference, that so many trials would have stopped about half of the
/// time; null: none would have. A figure below it that was not stopped says little.</param>
/// <param name="Slice">The slice that stands out most, when it alone speaks against the model.</param>
public sealed record MetricEvidence(
    string Name, double Value, double? Reference, double Limit, double Trials, double Odds, double StopsAt, string? Slice, double? Tells = null);

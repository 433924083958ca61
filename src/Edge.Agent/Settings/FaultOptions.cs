using Edge.Sensors.Simulation;
using Hmas.Contracts.Sensing;

namespace Edge.Agent.Settings;

/// <summary>One fault of a simulated machine. List <c>faults</c> of its section; meanings as in <see cref="Fault"/>.</summary>
internal sealed class FaultOptions
{
    public FaultKind Kind { get; set; }

    /// <summary>Since the machine's start.</summary>
    public TimeSpan Start { get; set; }

    /// <summary>Until it has its full severity. Default zero: a step.</summary>
    public TimeSpan Ramp { get; set; }

    /// <summary>Null: it stays.</summary>
    public TimeSpan? End { get; set; }

    /// <summary>0 to 1. Default 1.</summary>
    public double Severity { get; set; } = 1;

    /// <summary>Of a sensor's fault: name of the channel.</summary>
    public string? Channel { get; set; }

    /// <exception cref="SettingsException">A channel that the machine has not, or none where one is needed; the message names the key.</exception>
    public static FaultPlan ToPlan(string section, IList<FaultOptions> faults, IReadOnlyList<SensorChannel> channels) =>
        new([.. faults.Select((fault, i) => fault.ToFault($"{section}:faults:{i}", channels))]);

    private Fault ToFault(string place, IReadOnlyList<SensorChannel> channels)
    {
        var isSensors = Kind >= FaultKind.Stuck;
        var names = string.Join(", ", channels.Select(channel => channel.Name));
        if (isSensors && Channel is null) throw new SettingsException([$"{place}:channel is missing: {Kind} is a fault of one of {names}"]);
        if (!isSensors && Channel is not null)
            throw new SettingsException([$"{place}:channel '{Channel}': {Kind} is a fault of the machine, not of a channel"]);
        var index = Channel is null ? 0 : channels.TakeWhile(channel => channel.Name != Channel).Count();
        if (index == channels.Count) throw new SettingsException([$"{place}:channel '{Channel}' is none of {names}"]);
        return new Fault(Kind, Start, Ramp, End ?? TimeSpan.MaxValue, Severity, index);
    }
}

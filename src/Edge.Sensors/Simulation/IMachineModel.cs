using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>The physics of a machine that exists in memory, step by step. Pure and deterministic: the
/// same settings give the same values on every machine.</summary>
public interface IMachineModel
{
    IReadOnlyList<SensorChannel> Channels { get; }

    double RateHz { get; }

    /// <summary>One period of 1/rate; writes the sensors' answers, NaN for a channel that dropped out.</summary>
    /// <param name="values">Length, order and units of <see cref="Channels"/>.</param>
    void Step(Span<float> values);
}

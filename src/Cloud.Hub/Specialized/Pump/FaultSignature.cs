using Cloud.Hub.Specialized.Contract;

namespace Cloud.Hub.Specialized.Pump;

/// <summary>How a fault shows: for each quantity the direction in which it leaves its healthy level.</summary>
/// <param name="Fault">Name, description and advice for people.</param>
/// <param name="Level">Direction and weight per quantity of the level's deviation: +1 rises, −1 falls.</param>
/// <param name="Unrest">Weight per quantity of a growing spread, 0 or more.</param>
internal sealed record FaultSignature(
    PumpFault Fault, IReadOnlyDictionary<PumpQuantity, float> Level, IReadOnlyDictionary<PumpQuantity, float> Unrest);

/// <summary>What a channel measures on a pump, whatever its vendor calls it.</summary>
internal enum PumpQuantity
{
    Vibration,
    Current,
    Pressure,
    MotorTemperature,
    FluidTemperature,
    Voltage,
    Flow,
}

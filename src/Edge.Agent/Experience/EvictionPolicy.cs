using Hmas.Contracts.Facts;

namespace Edge.Agent.Experience;

/// <summary>In which order facts are given up when the disk bound is reached: the smallest retention first, the oldest among equals. Pure.</summary>
internal static class EvictionPolicy
{
    /// <summary>
    /// The whole part ranks the kind, the fraction the value: every experience goes before the first
    /// report of behaviour, alarms and slot reports go last,
    /// because the hub judges models and machines by them.
    /// </summary>
    /// <param name="value">Of an experience, 0 (common) to 1; ignored for other kinds.</param>
    public static double Retention(FactKind kind, float value) => kind switch
    {
        FactKind.Experience => Math.Min(Math.Clamp(float.IsNaN(value) ? 0f : value, 0f, 1f), 0.999f),
        FactKind.Evidence => 1,
        FactKind.Action => 2,
        FactKind.RunStarted or FactKind.RunEnded => 3,
        FactKind.Alarm => 4,
        FactKind.SlotReport => 5,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is not a kind that is kept"),
    };
}

using System.Diagnostics;

namespace Edge.Agent.Perception.Inference;

/// <summary>Time that work beside the main work may take: a share of what passes, saved up for a second at most.
/// What was taken beyond it is paid back before the next turn.</summary>
/// <param name="share">Of one core, over (0, 1].</param>
/// <param name="startedAt">Ticks of <see cref="Stopwatch"/>, as everywhere here.</param>
/// <remarks>Pure, no allocation; not thread-safe.</remarks>
internal sealed class CpuBudget(double share, long startedAt)
{
    private static readonly double SavedAtMost = Stopwatch.Frequency;

    private double _credit = share * SavedAtMost;
    private long _passed;
    private long _spent;

    /// <summary>Turns that were not taken for want of credit; the owner counts.</summary>
    public long Skipped { get; set; }

    /// <summary>Whether there is credit now.</summary>
    public bool Allows(long now)
    {
        var passed = now - startedAt;
        _credit = Math.Min(_credit + (share * (passed - _passed)), share * SavedAtMost);
        _passed = passed;
        return _credit > 0;
    }

    public void Spend(long ticks)
    {
        _credit -= ticks;
        _spent += ticks;
    }

    /// <summary>What was taken of the time that passed, 0 to 1.</summary>
    public double Taken(long now) => now > startedAt ? Math.Min(1, (double)_spent / (now - startedAt)) : 0;
}

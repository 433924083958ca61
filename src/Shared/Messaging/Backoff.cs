namespace Hmas.Messaging;

/// <summary>How long to wait before the next connect: exponential with full jitter and a cap, anew after a link that held.</summary>
/// <remarks>Full jitter (a uniform draw from 0 to the ceiling) spreads a fleet best: M. Brooker, "Exponential
/// Backoff And Jitter", AWS Architecture Blog, 2015. Not thread-safe.</remarks>
public sealed class Backoff(BackoffSettings settings, Random random)
{
    private int _failures;

    /// <summary>Ceiling of the next draw.</summary>
    public TimeSpan Ceiling
    {
        get
        {
            // 2^30 times any initial wait is beyond every cap; the bound keeps the product finite.
            var ticks = settings.Initial.Ticks * Math.Pow(2, Math.Min(_failures, 30));
            return ticks >= settings.Cap.Ticks ? settings.Cap : TimeSpan.FromTicks((long)ticks);
        }
    }

    /// <summary>Draws the wait after a failed connect or a lost link.</summary>
    /// <param name="heldFor">How long the link held; zero when there was none.</param>
    /// <param name="atLeast">What the broker's reason asks for, see <see cref="ReconnectAdvice"/>; the jitter comes on top.</param>
    public TimeSpan Next(TimeSpan heldFor, TimeSpan atLeast)
    {
        if (heldFor > TimeSpan.Zero && heldFor >= settings.StableAfter) _failures = 0;
        var wait = atLeast + (Ceiling * random.NextDouble());
        _failures++;
        return wait;
    }
}

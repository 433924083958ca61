namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What a test can tell with the trials it has: the other side of "nothing was found". Pure.</summary>
/// <remarks>
/// The capital of a bet grows by E[ln(1 + λ(x − limit))] a trial (Kelly 1956). Equal parts lie on eight stakes and half of all on the
/// slices, so that the best stake's part must reach 16 times the odds; a difference is told about half of
/// the time when its expected growth comes to just that.
/// </remarks>
internal static class GatePower
{
    /// <summary>Parts that the whole stake is laid in: eight stakes, and as much again on the slices.</summary>
    private const double Parts = 16;

    private const int Halvings = 50;

    /// <summary>Trials after which a mean by so much above the limit is told about half of the time.</summary>
    /// <param name="excess">Above 0.</param>
    /// <param name="reference">Of a difference: what the control shows. Of pairs: the share that differs at all.</param>
    /// <returns>Positive infinity when it cannot be told.</returns>
    public static double Trials(MetricKind kind, double limit, double excess, double reference, double stopsAt)
    {
        var growth = Growth(kind, limit, excess, reference);
        return growth > 0 ? Math.Log(Parts * stopsAt) / growth : double.PositiveInfinity;
    }

    /// <summary>The smallest mean (of a difference or of pairs: difference) that would have been told
    /// by now about half of the time; null: none would.</summary>
    public static double? Tells(MetricKind kind, double limit, double reference, double trials, double stopsAt)
    {
        var most = kind is MetricKind.Difference or MetricKind.Promised ? 1 - reference - limit : 1 - limit;
        if (trials <= 0 || most <= 0 || Trials(kind, limit, most, reference, stopsAt) > trials) return null;
        var (low, high) = (0.0, most);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (Trials(kind, limit, middle, reference, stopsAt) > trials) low = middle;
            else high = middle;
        }

        return limit + high;
    }

    private static double Growth(MetricKind kind, double limit, double excess, double reference)
    {
        var mean = limit + excess;
        switch (kind)
        {
            case MetricKind.Paired:
                var differs = Math.Clamp(reference, mean, 1);
                return Wager.Growth((differs + mean) / 2, (differs - mean) / 2, limit, isPair: true);
            case MetricKind.Difference or MetricKind.Promised:
                var now = Math.Min(1, reference + mean);
                return Wager.Growth(now * (1 - reference), (1 - now) * reference, limit, isPair: true);
            default:
                return Wager.Growth(mean, 0, limit, isPair: false);
        }
    }
}

using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>One metric over a group: a bet on the whole, and one on each slice of it.</summary>
internal sealed record MetricTest
{
    /// <summary>Slices that come later are not judged by themselves.</summary>
    private const int MaxSlices = 32;

    /// <summary>How much the slices' bets lie below the whole's when one slice alone is to blame.</summary>
    private const double StandsOut = 10;

    public Wager Whole { get; init; } = new();

    /// <summary>In order of appearance.</summary>
    public IReadOnlyList<SliceWager> Slices { get; init; } = [];

    /// <summary>Odds against a value within its limit: half of the stake lies on the whole, the other half on the slices, each
    /// later one with less, so that no number of slices makes a false stop likelier.</summary>
    [JsonIgnore]
    public double Odds
    {
        get
        {
            double slices = 0, laid = 0;
            for (var i = 0; i < Slices.Count; i++)
            {
                var part = Part(i);
                slices += part * Slices[i].Wager.Odds;
                laid += part;
            }

            return Math.Min(Wager.Certain, (Whole.Odds + slices + 1 - laid) / 2);
        }
    }

    /// <summary>The slice that speaks against the model much more than the whole does; null when none does.</summary>
    [JsonIgnore]
    public SliceWager? Standing =>
        Slices.MaxBy(static slice => slice.Wager.Odds) is { } worst && worst.Wager.Odds >= StandsOut * Math.Max(1, Whole.Odds) ? worst : null;

    public MetricTest OnWhole(Func<Wager, Wager> bet) => this with { Whole = bet(Whole) };

    public MetricTest OnSlice(string slice, Func<Wager, Wager> bet)
    {
        for (var i = 0; i < Slices.Count; i++)
        {
            if (Slices[i].Slice != slice) continue;
            var slices = Slices.ToArray();
            slices[i] = new SliceWager(slice, bet(slices[i].Wager));
            return this with { Slices = slices };
        }

        return Slices.Count >= MaxSlices ? this : this with { Slices = [.. Slices, new SliceWager(slice, bet(new Wager()))] };
    }

    /// <summary>The same with nothing bet on these slices.</summary>
    public MetricTest Without(IReadOnlySet<string> slices) => this with
    {
        Slices = [.. Slices.Select(slice => slices.Contains(slice.Slice) ? slice with { Wager = new Wager() } : slice)],
    };

    /// <summary>Parts of one that sum to one however many there are.</summary>
    private static double Part(int index) => 1.0 / ((index + 1) * (index + 2));
}

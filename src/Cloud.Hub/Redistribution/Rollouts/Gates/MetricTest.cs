using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>One metric over a group: a bet on the whole, and one on each slice of it.</summary>
internal sealed record MetricTest
{
    /// <summary>Slices of one attribute (site, hardware, a tag) that are judged by themselves: those that come later are not.</summary>
    private const int MaxOfOneAttribute = 32;

    /// <summary>Of all attributes together.</summary>
    private const int MaxSlices = 96;

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

    public MetricTest OnSlice(string slice, Func<Wager, Wager> bet) => With(slice, known => known with { Wager = bet(known.Wager) });

    /// <summary>Holds what a slice of the group showed against what the same slice of the control did. Devices report at times of their
    /// own: what one side showed waits until the other has shown something too.</summary>
    /// <param name="bet">The wager, what the group showed and what the control did, both with trials.</param>
    public MetricTest OnSlice(string slice, Share group, Share control, Func<Wager, Share, Share, Wager> bet) => With(slice, known =>
    {
        var (shown, other) = (known.Group.GetValueOrDefault() + group, known.Control.GetValueOrDefault() + control);
        return shown.Trials > 0 && other.Trials > 0
            ? new SliceWager(slice, bet(known.Wager, shown, other)) : known with { Group = shown, Control = other };
    });

    /// <summary>It is judged by itself, or can be.</summary>
    public bool Takes(string slice)
    {
        var attribute = slice.AsSpan(0, slice.IndexOf('=') + 1);
        var alike = 0;
        foreach (var known in Slices)
        {
            if (known.Slice == slice) return true;
            if (known.Slice.AsSpan().StartsWith(attribute, StringComparison.Ordinal)) alike++;
        }

        return alike < MaxOfOneAttribute && Slices.Count < MaxSlices;
    }

    /// <summary>The same with nothing bet on these slices.</summary>
    public MetricTest Without(IReadOnlySet<string> slices) => this with
    {
        Slices = [.. Slices.Select(slice => slices.Contains(slice.Slice) ? slice with { Wager = new Wager() } : slice)],
    };

    private MetricTest With(string slice, Func<SliceWager, SliceWager> change)
    {
        for (var i = 0; i < Slices.Count; i++)
        {
            if (Slices[i].Slice != slice) continue;
            var slices = Slices.ToArray();
            slices[i] = change(slices[i]);
            return this with { Slices = slices };
        }

        return Takes(slice) ? this with { Slices = [.. Slices, change(new SliceWager(slice, new Wager()))] } : this;
    }

    /// <summary>Parts of one that sum to one however many there are.</summary>
    private static double Part(int index) => 1.0 / ((index + 1) * (index + 2));
}

using Cloud.Hub.Feedback.Domain;
using FsCheck.Xunit;

namespace Cloud.Hub.Tests.Feedback;

public sealed class TruthOfWindowTests
{
    [Theory]
    [InlineData(0, 100, nameof(Truth.Anomaly))]
    [InlineData(10, 19, nameof(Truth.Anomaly))]
    [InlineData(11, 100, nameof(Truth.Straddles))]
    [InlineData(0, 18, nameof(Truth.Unknown))]
    [InlineData(19, 19, nameof(Truth.Straddles))]
    [InlineData(20, 30, nameof(Truth.Unknown))]
    public void One_label_judges_a_window_that_it_covers(long from, long to, string truth) =>
        Assert.Equal(truth, TruthOfWindow.Judge(10, 19, [new LabelSpan(from, to, true)]).ToString());

    [Fact]
    public void The_last_label_that_covers_the_end_wins() =>
        Assert.Equal(Truth.Normal, TruthOfWindow.Judge(10, 19, [new LabelSpan(0, 50, true), new LabelSpan(5, 30, false)]));

    [Fact]
    public void A_later_label_that_ends_within_the_window_divides_it() =>
        Assert.Equal(Truth.Straddles, TruthOfWindow.Judge(10, 19, [new LabelSpan(0, 50, true), new LabelSpan(0, 15, false)]));

    [Fact]
    public void An_earlier_label_that_ends_within_the_window_is_overruled() =>
        Assert.Equal(Truth.Anomaly, TruthOfWindow.Judge(10, 19, [new LabelSpan(0, 15, false), new LabelSpan(0, 50, true)]));

    /// <summary>Judge: truth of each moment by itself, last label wins.</summary>
    [Property(MaxTest = 1000)]
    public bool A_judged_window_has_one_truth_at_every_moment((byte From, byte Length, bool IsAnomaly)[] labels, byte start, byte length)
    {
        var spans = labels.Select(l => new LabelSpan(l.From % 32, (l.From % 32) + (l.Length % 16), l.IsAnomaly)).ToList();
        long first = start % 32, last = first + (length % 8);
        var truth = TruthOfWindow.Judge(first, last, spans);
        if (truth is Truth.Unknown) return At(last) is null;
        if (truth is Truth.Straddles) return At(last) is not null;
        for (var t = first; t <= last; t++)
        {
            if (At(t) != (truth == Truth.Anomaly)) return false;
        }

        return true;

        bool? At(long t)
        {
            var at = spans.FindLastIndex(span => span.FromUs <= t && span.ToUs >= t);
            return at < 0 ? null : spans[at].IsAnomaly;
        }
    }
}

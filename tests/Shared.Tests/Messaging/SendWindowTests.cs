using FsCheck.Xunit;
using Hmas.Contracts.Facts;
using Hmas.Messaging;

namespace Shared.Tests.Messaging;

public sealed class SendWindowTests
{
    private static readonly TimeSpan Resend = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    [Fact]
    public void No_more_than_the_window_is_outstanding()
    {
        var window = new SendWindow(1, acknowledged: 100, size: 50, Resend);
        Assert.Equal(50, window.Room(newest: 1000));
        window.Sent(150, Start);
        Assert.Equal(0, window.Room(newest: 1000));
        Assert.Equal(SendWindowAck.Advanced, window.Acknowledge(new FactAck(1, 120), 1000, Start));
        Assert.Equal((20, 151L, 30L), (window.Room(1000), window.NextSequence, window.Outstanding));
    }

    [Fact]
    public void Room_ends_with_what_there_is() => Assert.Equal(3, new SendWindow(1, 7, 50, Resend).Room(newest: 10));

    [Fact]
    public void Everything_outstanding_goes_out_again_when_nothing_moves_and_later_each_time()
    {
        var window = new SendWindow(1, 0, 50, Resend);
        window.Sent(30, Start);
        Assert.False(window.ResendIfDue(Start + TimeSpan.FromSeconds(9)));
        Assert.True(window.ResendIfDue(Start + TimeSpan.FromSeconds(10)));
        Assert.Equal(1, window.NextSequence);
        window.Sent(30, Start + TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(20), window.DueIn(Start + TimeSpan.FromSeconds(10)));
        Assert.Equal(1, window.Resends);
    }

    [Fact]
    public void Progress_puts_the_resend_off()
    {
        var window = new SendWindow(1, 0, 50, Resend);
        window.Sent(30, Start);
        window.Acknowledge(new FactAck(1, 10), 30, Start + TimeSpan.FromSeconds(9));
        Assert.False(window.ResendIfDue(Start + TimeSpan.FromSeconds(18)));
        Assert.Equal(TimeSpan.FromSeconds(1), window.DueIn(Start + TimeSpan.FromSeconds(18)));
    }

    [Fact]
    public void An_acknowledgement_of_more_than_was_sent_since_the_restart_is_taken()
    {
        var window = new SendWindow(1, 10, 50, Resend);
        Assert.Equal(SendWindowAck.Advanced, window.Acknowledge(new FactAck(1, 40), newest: 60, Start));
        Assert.Equal((41L, 0L), (window.NextSequence, window.Outstanding));
    }

    [Theory]
    [InlineData(2, 15, SendWindowAck.OtherEpoch)]
    [InlineData(1, 61, SendWindowAck.Unknown)]
    [InlineData(1, 10, SendWindowAck.Repeated)]
    [InlineData(1, 9, SendWindowAck.Behind)]
    public void Other_acknowledgements_change_nothing(long epoch, long sequence, SendWindowAck meaning)
    {
        var window = new SendWindow(1, 10, 50, Resend);
        window.Sent(30, Start);
        Assert.Equal(meaning, window.Acknowledge(new FactAck(epoch, sequence), newest: 60, Start));
        Assert.Equal((10L, 31L), (window.Acknowledged, window.NextSequence));
    }

    [Property(MaxTest = 200)]
    public void Over_a_line_that_loses_repeats_and_reorders_everything_arrives_in_order(int seed)
    {
        var random = new Random(seed);
        const long newest = 300;
        var window = new SendWindow(1, 0, 40, Resend);
        var line = new List<(long First, long Last)>();
        var stored = 0L;
        var now = Start;
        for (var step = 0; step < 20_000 && window.Acknowledged < newest; step++)
        {
            now += TimeSpan.FromSeconds(1);
            window.ResendIfDue(now);
            if (window.Room(newest) is > 0 and var room)
            {
                var last = window.NextSequence + Math.Min(room, 8) - 1;
                line.Add((window.NextSequence, last));
                window.Sent(last, now);
            }

            if (line.Count == 0) continue;
            var (first, end) = line[random.Next(line.Count)];
            if (random.Next(3) > 0) line.Remove((first, end));
            if (random.Next(4) == 0) continue;
            if (first <= stored + 1) stored = Math.Max(stored, end);
            if (random.Next(3) > 0) window.Acknowledge(new FactAck(1, stored), newest, now);
            Assert.True(window.Outstanding <= 40, $"{window.Outstanding} outstanding at step {step}");
        }

        Assert.Equal(newest, window.Acknowledged);
    }
}

using Hmas.Messaging;

namespace Shared.Tests.Messaging;

public sealed class BackoffTests
{
    private static readonly BackoffSettings Settings = new() { Initial = TimeSpan.FromSeconds(1), Cap = TimeSpan.FromSeconds(
        60), StableAfter = TimeSpan.FromMinutes(1) };

    [Fact]
    public void The_ceiling_doubles_up_to_the_cap()
    {
        var backoff = new Backoff(Settings, new Random(1));
        double[] ceilings = new double[9];
        for (var i = 0; i < ceilings.Length; i++)
        {
            ceilings[i] = backoff.Ceiling.TotalSeconds;
            backoff.Next(TimeSpan.Zero, TimeSpan.Zero);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], ceilings);
    }

    [Fact]
    public void Waits_are_spread_over_the_whole_ceiling()
    {
        var tenths = new int[10];
        for (var seed = 0; seed < 5000; seed++)
        {
            var wait = new Backoff(Settings, new Random(seed)).Next(TimeSpan.Zero, TimeSpan.Zero);
            tenths[(int)(wait / TimeSpan.FromSeconds(0.1))]++;
        }

        Assert.All(tenths, count => Assert.InRange(count, 350, 650));
    }

    [Fact]
    public void A_link_that_held_a_minute_starts_anew_and_a_shorter_one_does_not()
    {
        var backoff = new Backoff(Settings, new Random(1));
        for (var i = 0; i < 5; i++) backoff.Next(TimeSpan.Zero, TimeSpan.Zero);
        backoff.Next(TimeSpan.FromSeconds(59), TimeSpan.Zero);
        Assert.Equal(60, backoff.Ceiling.TotalSeconds);
        backoff.Next(TimeSpan.FromSeconds(60), TimeSpan.Zero);
        Assert.Equal(2, backoff.Ceiling.TotalSeconds);
    }

    [Fact]
    public void After_a_hundred_failures_the_wait_is_still_within_the_cap()
    {
        var backoff = new Backoff(Settings, new Random(1));
        for (var i = 0; i < 100; i++) Assert.InRange(backoff.Next(TimeSpan.Zero, TimeSpan.Zero), TimeSpan.Zero, Settings.Cap);
    }

    [Theory]
    [InlineData(0x00, 0)]
    [InlineData(0x89, 30)]
    [InlineData(0x9F, 30)]
    [InlineData(0x86, 60)]
    [InlineData(0x87, 60)]
    [InlineData(0x9C, 60)]
    [InlineData(0x8E, 600)]
    public void The_brokers_reason_is_obeyed(byte code, int leastSeconds)
    {
        var least = ReconnectAdvice.LeastWait(code, Settings.Cap);
        Assert.Equal(leastSeconds, least.TotalSeconds);
        Assert.InRange(new Backoff(Settings, new Random(3)).Next(TimeSpan.Zero, least), least, least + Settings.Initial);
    }
}

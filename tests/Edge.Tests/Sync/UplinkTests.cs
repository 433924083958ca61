namespace Edge.Tests.Sync;

/// <summary>Facts on their way to a hub over lines and answers that fail.</summary>
public sealed class UplinkTests : IAsyncLifetime
{
    private const int Facts = 1000;
    private readonly UplinkRig _rig = new();

    public Task InitializeAsync() => _rig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Every_fact_is_held_once_and_in_order_when_the_line_breaks_in_mid_publish()
    {
        var cuts = 0;
        _rig.OnBatch = batch =>
        {
            var held = _rig.Keep(batch);
            // The device waits for the broker's answer to a later batch, or for this one's acknowledgement: both are lost.
            if (held >= (cuts + 1) * 100 && cuts < 8)
            {
                cuts++;
                _rig.Line.Cut();
            }

            return held;
        };
        for (var first = 1; first <= Facts; first += 50) _rig.Produce(first, 50);
        await _rig.DrainedAsync(Facts);
        Assert.Equal(8, cuts);
        Assert.Equal(Enumerable.Range(1, Facts).Select(static i => (long)i), _rig.Held);
    }

    [Fact]
    public async Task A_hub_that_missed_a_batch_gets_it_again_from_its_last_contiguous_fact_on()
    {
        var dropped = 0;
        _rig.OnBatch = batch =>
        {
            // Every third batch is lost on the hub's side the first two times.
            if (batch.FirstSequence / 20 % 3 == 2 && dropped < 10)
            {
                dropped++;
                return _rig.Held.Count;
            }

            return _rig.Keep(batch);
        };
        _rig.Produce(1, Facts);
        await _rig.DrainedAsync(Facts);
        Assert.Equal(10, dropped);
        Assert.Equal(Enumerable.Range(1, Facts).Select(static i => (long)i), _rig.Held);
    }

    [Fact]
    public async Task A_hub_that_stays_silent_gets_repeats_and_the_device_loses_nothing()
    {
        var silent = 5;
        _rig.OnBatch = batch =>
        {
            var held = _rig.Keep(batch);
            return silent-- > 0 ? null : held;
        };
        _rig.Produce(1, 100);
        await _rig.DrainedAsync(100);
        Assert.Equal(100, _rig.Held.Count);
        Assert.True(_rig.Repeats > 0, "nothing was sent again");
    }

    [Fact]
    public async Task A_hub_that_knows_more_than_the_device_gave_makes_it_begin_a_new_epoch()
    {
        var lied = false;
        _rig.OnBatch = batch =>
        {
            var held = _rig.Keep(batch);
            if (lied) return held;
            lied = true;
            return 1_000_000;
        };
        _rig.Produce(1, 100);
        await _rig.DrainedAsync(100);
        Assert.Equal(2, _rig.Epochs.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 100).Select(static i => (long)i), _rig.Held);
    }
}

using Edge.Agent.Sampling;
using Hmas.Contracts.Sensing;

namespace Edge.Tests.Sampling;

public sealed class SampleQueueTests
{
    private readonly SampleQueue _queue = new(4);
    private readonly Sample[] _buffer = new Sample[16];

    [Fact]
    public void A_full_queue_gives_up_its_oldest_sample_and_counts_it()
    {
        for (var i = 0; i < 6; i++) _queue.Add(new Sample(0, i, i));
        Assert.True(_queue.TryRead(_buffer, out var count, out _));
        Assert.Equal([2, 3, 4, 5], _buffer.Take(count).Select(sample => sample.TimestampUs));
        Assert.Equal((2, 6), (_queue.Dropped, _queue.Added));
    }

    [Fact]
    public void A_row_is_a_sample_of_each_channel_at_the_same_time()
    {
        _queue.AddRow(7, [1f, float.NaN, 3f]);
        Assert.True(_queue.TryRead(_buffer, out var count, out _));
        Assert.Equal([new Sample(0, 7, 1f), new Sample(1, 7, float.NaN), new Sample(2, 7, 3f)], _buffer.Take(count));
    }

    [Fact]
    public void Run_markers_keep_their_place_and_survive_a_full_queue()
    {
        _queue.StartRun("one", 0);
        for (var i = 0; i < 3; i++) _queue.Add(new Sample(0, i, i));
        _queue.EndRun(3);
        _queue.StartRun("two", 10);
        for (var i = 0; i < 6; i++) _queue.Add(new Sample(0, 10 + i, i));
        var seen = new List<string>();
        while (_queue.TryRead(_buffer, out var count, out var marker)) seen.Add(count > 0 ? $"{count}" : marker.RunId ?? "end");
        Assert.Equal(["one", "end", "two", "4"], seen);
    }

    [Fact]
    public async Task A_source_that_can_wait_loses_nothing()
    {
        const int Total = 10_000;
        var source = Task.Run(async () =>
        {
            for (var i = 0; i < Total; i++)
            {
                await _queue.WaitForRoomAsync(1, CancellationToken.None);
                _queue.Add(new Sample(0, i, i));
            }
        });
        var next = 0L;
        while (next < Total)
        {
            while (_queue.TryRead(_buffer, out var count, out _))
            {
                for (var i = 0; i < count; i++) Assert.Equal(next++, _buffer[i].TimestampUs);
            }

            if (next < Total) _queue.Wait();
        }

        await source;
        Assert.Equal(0, _queue.Dropped);
    }

    [Fact]
    public async Task A_waiting_source_can_be_cancelled()
    {
        for (var i = 0; i < 4; i++) _queue.Add(default);
        using var stop = new CancellationTokenSource();
        var waiting = _queue.WaitForRoomAsync(1, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}

using Edge.Agent.Sync;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync;

public sealed class SessionCounterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private int _lost;

    [Fact]
    public void Numbers_grow_over_restarts()
    {
        var first = Counter().Next(_time);
        var again = Counter();
        Assert.Equal([first + 1, first + 2], [again.Next(_time), again.Next(_time)]);
        Assert.Equal(0, _lost);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void The_clock_stands_in_for_a_file_that_is_lost_or_torn(int bytes)
    {
        File.WriteAllBytes(_folder.File("session"), new byte[bytes]);
        Assert.Equal(1_800_000_001, Counter().Next(_time));
    }

    [Fact]
    public void On_a_full_disk_numbers_grow_in_memory_and_each_is_counted_as_lost()
    {
        File.CreateSymbolicLink(_folder.File("session"), "/dev/full");
        var counter = Counter();
        var first = counter.Next(_time);
        Assert.Equal(first + 1, counter.Next(_time));
        Assert.True(first >= 1_800_000_000, $"{first} is behind the clock");
        Assert.Equal(2, _lost);
    }

    public void Dispose() => _folder.Dispose();

    private SessionCounter Counter() => new(_folder.Path, () => _lost++);
}

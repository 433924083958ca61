using System.Net.Sockets;
using System.Text;
using Edge.Agent.Hosting;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Hosting;

/// <summary>The watchdog on a real datagram socket and a clock that the test moves.</summary>
public sealed class WatchdogLoopTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly WarningLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private SystemdNotifier _notifier = null!;
    private Heart _heart = null!;
    private Task _running = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _systemd.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));
        _notifier = new SystemdNotifier(_folder.File("notify"), "10000000");
        _heart = new Heart("ladder", TimeSpan.FromSeconds(7), _time);
        _running = new WatchdogLoop([_heart], _notifier, _time, _log).RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
    }

    public void Dispose()
    {
        _notifier.Dispose();
        _systemd.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_fed_twice_an_interval_while_the_loop_goes_round()
    {
        Assert.Equal(Interval, _notifier.WatchdogInterval);
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(Interval / 2);
            Assert.Equal("WATCHDOG=1", await HeardAsync());
            _heart.Beat();
        }
    }

    [Fact]
    public async Task A_loop_that_is_stuck_is_named_and_starves_it_until_it_goes_round_again()
    {
        _time.Advance(Interval / 2);
        Assert.Equal("WATCHDOG=1", await HeardAsync());
        _time.Advance(Interval / 2);
        Assert.Equal("Loop ladder does not go round; the watchdog is no longer fed", await _log.NextAsync());
        Assert.Equal(0, _systemd.Available);
        _heart.Beat();
        _time.Advance(Interval / 2);
        Assert.Equal("WATCHDOG=1", await HeardAsync());
    }

    private async Task<string> HeardAsync()
    {
        var buffer = new byte[64];
        var length = await _systemd.ReceiveAsync(buffer).InTimeAsync();
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}

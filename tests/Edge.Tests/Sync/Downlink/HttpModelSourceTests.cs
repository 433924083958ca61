using Edge.Agent.Models;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Sync.Downlink;

/// <summary>Downloads over real HTTP that breaks, lies, and crawls.</summary>
public sealed class HttpModelSourceTests : IDisposable
{
    private const int Half = 100_000;

    private readonly TempFolder _folder = new();
    private readonly byte[] _package = new byte[2 * Half];
    private readonly WatchedClock _time = new();
    // Beyond every wait that these tests let pass.
    private readonly ModelOptions _options = new() { DownloadTimeout = TimeSpan.FromDays(7) };

    public HttpModelSourceTests()
    {
        new Random(1).NextBytes(_package);
        _time.SetUtcNow(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    }

    private string Part => _folder.File("x.part");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_broken_download_goes_on_where_it_stopped()
    {
        await using var server = await PackageServer.StartAsync((context, number) => number == 0
            ? BreakAsync(context) : PackageServer.ServeAsync(context, _package));
        await FetchAsync(server);
        Assert.Equal(_package, await File.ReadAllBytesAsync(Part));
        // How much of the first half came before the link broke is the network's to say.
        Assert.Matches("^bytes=[1-9][0-9]*-$", server.Ranges[1]);
        Assert.Equal(2, server.Ranges.Count);
    }

    [Theory]
    [InlineData("no ranges known")]
    [InlineData("another range than asked")]
    public async Task A_server_that_does_not_give_the_rest_is_read_from_the_start(string kind)
    {
        await File.WriteAllBytesAsync(Part, _package[..Half]);
        await using var server = await PackageServer.StartAsync(async (context, _) =>
        {
            if (kind != "no ranges known")
            {
                context.Response.StatusCode = StatusCodes.Status206PartialContent;
                context.Response.Headers.ContentRange = $"bytes 0-{_package.Length - 1}/{_package.Length}";
            }

            await context.Response.Body.WriteAsync(_package);
        });
        await FetchAsync(server);
        Assert.Equal([$"bytes={Half}-"], server.Ranges);
        Assert.Equal(_package, await File.ReadAllBytesAsync(Part));
    }

    [Fact]
    public async Task A_server_that_sends_more_than_promised_is_cut_off()
    {
        await using var server = await PackageServer.StartAsync(async (context, _) =>
        {
            for (var i = 0; i < 100 && !context.RequestAborted.IsCancellationRequested; i++)
                await context.Response.Body.WriteAsync(_package, context.RequestAborted);
        });
        var refusal = await Assert.ThrowsAsync<ModelRefusal>(() => FetchAsync(server));
        Assert.Equal("download", refusal.Reason);
        Assert.InRange(new FileInfo(Part).Length, 0, _package.Length);
    }

    [Fact]
    public async Task A_server_that_is_in_trouble_is_asked_again_after_a_wait_and_one_that_refuses_is_not()
    {
        await using var server = await PackageServer.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number < 2 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        var began = _time.GetUtcNow();
        var refusal = await Assert.ThrowsAsync<ModelRefusal>(() => FetchAsync(server));
        Assert.Contains("404", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(3, server.Ranges.Count);
        // Full jitter, so no least wait; but without any the clock would not have had to move.
        Assert.True(_time.GetUtcNow() > began, "the clock stood still");
    }

    [Fact]
    public async Task A_server_that_stalls_is_given_up_at_the_time_limit_and_what_came_stays()
    {
        await using var server = await PackageServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = _package.Length;
            await context.Response.Body.WriteAsync(_package.AsMemory(0, Half));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
                .ContinueWith(static _ => { }, TaskScheduler.Default);
        });
        var fetching = FetchAsync(server, move: false);
        await GrownAsync(Half);
        _time.Advance(_options.DownloadTimeout);
        var refusal = await Assert.ThrowsAsync<ModelRefusal>(() => fetching);
        Assert.Contains($"{Half} of {_package.Length} bytes", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_keeps_to_its_bytes_a_second()
    {
        _options.DownloadBytesPerSecond = 20_000;
        await using var server = await PackageServer.StartAsync((context, _) => PackageServer.ServeAsync(context, _package));
        var began = _time.GetUtcNow();
        await FetchAsync(server);
        Assert.Equal(_package, await File.ReadAllBytesAsync(Part));
        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromSeconds(9.9), _options.DownloadTimeout);
    }

    [Theory]
    [InlineData("01:00-05:00", false, 13)]
    [InlineData("22:00-02:00", false, 10)]
    [InlineData("11:00-13:00", false, 0)]
    [InlineData("01:00-05:00", true, 0)]
    public async Task A_download_begins_in_its_window_and_a_way_back_at_once(string window, bool restore, int hours)
    {
        _options.DownloadWindow = window;
        await using var server = await PackageServer.StartAsync((context, _) => PackageServer.ServeAsync(context, _package));
        var fetching = FetchAsync(server, move: false, restore: restore);
        for (var hour = 0; hour < hours; hour++)
        {
            Assert.Empty(server.Ranges);
            _time.Advance(TimeSpan.FromHours(1));
        }

        await fetching;
        Assert.Single(server.Ranges);
    }

    /// <param name="move">The clock goes on whenever the download waits for it.</param>
    private async Task FetchAsync(PackageServer server, bool move = true, bool restore = false)
    {
        using var handler = new SocketsHttpHandler();
        using var source = new HttpModelSource(server.Address, "d-1", "secret", _options, handler, _time, NullLogger.Instance);
        var assignment = new ModelAssignment { Digest = $"sha256:{new string('a', 64)}", Name = "pump", Release = 1, PackageBytes = _package.Length,
            Url = "x", Restore = restore };
        await using var part = new FileStream(Part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var fetching = source.FetchAsync(assignment, part, CancellationToken.None);
        while (move && !fetching.IsCompleted)
        {
            var waiting = _time.WaitBegunAsync(TimeSpan.FromHours(1));
            if (await Task.WhenAny(fetching, waiting) == waiting) _time.Advance(await waiting);
        }

        await fetching.InTimeAsync();
    }

    private async Task BreakAsync(HttpContext context)
    {
        context.Response.ContentLength = _package.Length;
        await context.Response.Body.WriteAsync(_package.AsMemory(0, Half));
        await context.Response.Body.FlushAsync();
        await GrownAsync(1);
        context.Abort();
    }

    /// <summary>Returns when so many bytes have come to the disk: the kernel tells of each write.</summary>
    private async Task GrownAsync(long bytes)
    {
        var grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (new FileInfo(Part) is { Exists: true } file && file.Length >= bytes) grown.TrySetResult();
        }

        using var watcher = new FileSystemWatcher(_folder.Path, Path.GetFileName(Part));
        watcher.NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size;
        watcher.Changed += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        // What came before the kernel was asked.
        Look();
        await grown.Task.InTimeAsync();
    }
}

using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Fits;
using Cloud.Hub.Tests.Learning.Service;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Learning.Fits;

/// <summary>Leases on fits, with workers that a test plays itself.</summary>
public sealed class FitJobsTests : IAsyncLifetime, IDisposable
{
    private static readonly FitWorkerDescription Someone = new("someone", LearningService.CodeVersion, 1024);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly MemoryRegistry _registry = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(55));
    private LearningFixture _learning = null!;

    public async Task InitializeAsync()
    {
        _learning = new LearningFixture(
            new SimulatedFleet(runs: 4), _folder.Path, _registry, _time, null, ("LocalWorkers", "0"), ("ParallelRuns", "3"));
        await _learning.BeginAsync();
    }

    public async Task DisposeAsync()
    {
        await _learning.EndAsync();
        await _learning.DisposeAsync();
    }

    public void Dispose()
    {
        _registry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_another_workers_who_goes_on_from_the_checkpoint_and_ends_with_the_same_bits()
    {
        var (runId, lease) = await StartAndLeaseAsync();
        var package = FitPackage.FromBytes((await _learning.Jobs.DataAsync(lease.Lease, default))!);
        var whole = FitWork.Run(package, null, 1, _ => { }, default);
        using var killed = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => FitWork.Run(
            package, null, 1,
            report =>
            {
                Assert.True(_learning.Jobs.ReportAsync(lease.Lease, report, default).GetAwaiter().GetResult());
                if (report.Epoch == 3) killed.Cancel();
            },
            killed.Token));

        Assert.Null(await _learning.Jobs.LeaseAsync(Someone, TimeSpan.Zero, default));
        _time.Advance(Lease);
        var second = (await _learning.Jobs.LeaseAsync(Someone with { Name = "second" }, TimeSpan.Zero, default))!;
        Assert.Equal(runId, second.RunId);
        var checkpoint = await _learning.Jobs.CheckpointAsync(second.Lease, default);
        var epochs = new List<int>();
        var resumed = FitWork.Run(package, checkpoint, 2, report => epochs.Add(report.Epoch), default);
        Assert.Equal(4, epochs[0]);
        Assert.Equal(whole.Values, resumed.Values);
        Assert.Equal(whole.Losses, resumed.Losses);

        // Whoever lost the lease is told so and changes nothing.
        Assert.False(await _learning.Jobs.BeatAsync(lease.Lease, default));
        Assert.False(await _learning.Jobs.ReportAsync(lease.Lease, new EpochReport(4, 12, 0, double.NaN, new byte[1]), default));
        Assert.False(await _learning.Jobs.CompleteAsync(lease.Lease, whole, default));
        Assert.Null(await _learning.Jobs.DataAsync(lease.Lease, default));
        Assert.True(await _learning.Jobs.CompleteAsync(second.Lease, resumed, default));
        var run = await _learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        Assert.True(run.State == RunStates.Registered, run.Message);
        Assert.Equal(whole.Losses, run.LossCurve);
    }

    [Fact]
    public async Task A_word_keeps_the_lease_and_a_worker_that_stops_frees_it_at_once()
    {
        var (_, lease) = await StartAndLeaseAsync();
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(Lease / 2);
            Assert.True(await _learning.Jobs.BeatAsync(lease.Lease, default));
        }

        await _learning.Jobs.ReleaseAsync(lease.Lease, default);
        Assert.NotNull(await _learning.Jobs.LeaseAsync(Someone, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task A_fit_that_kills_every_worker_is_given_up_and_says_so()
    {
        var (runId, _) = await StartAndLeaseAsync();
        for (var i = 1; i < FitJobs.MaxLosses; i++)
        {
            _time.Advance(Lease);
            Assert.NotNull(await _learning.Jobs.LeaseAsync(Someone, TimeSpan.Zero, default));
        }

        _time.Advance(Lease);
        Assert.Null(await _learning.Jobs.LeaseAsync(Someone, TimeSpan.Zero, default));
        var run = await _learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        Assert.Equal((RunStates.Failed, "5 workers in turn took the fit and were not heard of again"), (run.State, run.Message));
    }

    [Fact]
    public async Task A_fit_that_diverged_goes_on_with_its_last_good_epoch_and_says_where()
    {
        var (runId, lease) = await StartAndLeaseAsync();
        var package = FitPackage.FromBytes((await _learning.Jobs.DataAsync(lease.Lease, default))!);
        var outcome = FitWork.Run(package, null, 1, _ => { }, default)
            with { Divergence = "diverged in epoch 9, step 3: the loss is NaN", BestEpoch = 8 };
        var quantizing = "";
        await _learning.Jobs.CompleteAsync(lease.Lease, outcome, default);
        var run = await _learning.UntilAsync(runId, progressed =>
        {
            if (progressed.State == RunStates.Quantizing) quantizing = progressed.Message;
            return RunStates.HasEnded(progressed.State);
        });
        Assert.True(run.State == RunStates.Registered, run.Message);
        Assert.Equal("the fit diverged in epoch 9, step 3: the loss is NaN; going on with epoch 8", quantizing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_worker_that_gives_values_of_another_network_or_none_that_are_numbers_fails_the_run(int kind)
    {
        var (runId, lease) = await StartAndLeaseAsync();
        var package = FitPackage.FromBytes((await _learning.Jobs.DataAsync(lease.Lease, default))!);
        var good = FitWork.Run(package, null, 1, _ => { }, default);
        var values = kind == 0 ? good.Values[1..] : [float.NaN, .. good.Values[1..]];
        await _learning.Jobs.CompleteAsync(lease.Lease, good with { Values = values }, default);
        var run = await _learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        Assert.Equal(RunStates.Failed, run.State);
        Assert.Contains("not all finite", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_of_another_build_gets_nothing()
    {
        var refused =
            await Assert.ThrowsAsync<ArgumentException>(() => _learning.Jobs.LeaseAsync(
                Someone with { CodeVersion = "0.0.1" }, TimeSpan.Zero, default));
        Assert.Contains("0.0.1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_most_urgent_fit_goes_first_and_one_that_is_too_large_for_a_worker_waits_for_another()
    {
        var low = await _learning.Runs.StartAsync(LearningFixture.Request("reconstruction") with { Priority = 1 }, default);
        var high = await _learning.Runs.StartAsync(LearningFixture.Request("reconstruction") with { Priority = 8 }, default);
        // They run side by side: either is told first.
        var untold = new HashSet<string> { low, high };
        await _learning.ToldAsync(progressed =>
            progressed.State == RunStates.Training && untold.Remove(progressed.RunId) && untold.Count == 0);
        Assert.Null(await _learning.Jobs.LeaseAsync(Someone with { MemoryMiB = 0 }, TimeSpan.Zero, default));
        var (first, second) = (await LeasedAsync(), await LeasedAsync());
        Assert.Equal(new[] { low, high }.Order(), new[] { first.RunId, second.RunId }.Order());
    }

    [Fact]
    public async Task A_package_comes_back_as_it_went_and_a_damaged_one_is_refused()
    {
        var (_, lease) = await StartAndLeaseAsync();
        var bytes = (await _learning.Jobs.DataAsync(lease.Lease, default))!;
        Assert.Equal(bytes, FitPackage.FromBytes(bytes).ToBytes());
        foreach (var place in new[] { 0, 5, 9, bytes.Length / 2, bytes.Length - 1 })
        {
            byte[] damaged = [.. bytes];
            damaged[place] ^= 1;
            Assert.Throws<FormatException>(() => FitPackage.FromBytes(damaged));
        }

        Assert.Throws<FormatException>(() => FitPackage.FromBytes(bytes[..^1]));
        Assert.Throws<FormatException>(() => FitPackage.FromBytes([]));
    }

    private async Task<(string RunId, FitLease Lease)> StartAndLeaseAsync()
    {
        var runId = await _learning.Runs.StartAsync(LearningFixture.Request("reconstruction"), CancellationToken.None);
        await _learning.UntilAsync(runId, progressed => progressed.State == RunStates.Training);
        return (runId, await LeasedAsync());
    }

    /// <summary>A fit is offered a moment after its run is told to train: the wait ends with the offer, as time stands still.</summary>
    private async Task<FitLease> LeasedAsync() => (await _learning.Jobs.LeaseAsync(Someone, Lease, default))!;
}

using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Retention;
using Cloud.Hub.Redistribution.Trust;
using Cloud.Hub.Tests.Host;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Redistribution.Retention;

public sealed class CollectorTests : IAsyncLifetime
{
    private readonly RedistributionScene _scene = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddDays(40));
    private HubFixture _hub = null!;
    private Collector _collector = null!;

    public async Task InitializeAsync()
    {
        _hub = await _scene.StartAsync();
        var options = Options.Create(new RedistributionOptions { KeepReleases = 1 });
        _collector = new Collector(
            _hub.Get<ArtefactRegistry>(), _hub.Get<ArtefactTable>(), _hub.Get<ArtefactFolder>(), _hub.Get<PackageDeltas>(),
            _hub.Get<PackageChunks>(), _hub.Get<ImageRepository>(), _hub.Get<References>(), _hub.Get<BucketSweep>(), options,
            _time, NullLogger<Collector>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task What_runs_what_it_can_return_to_what_is_told_what_came_before_and_what_is_newest_stays()
    {
        var models = await AddAsync(6);
        var child = await AddChildAsync("child", models[4]);
        _scene.Fleet.Add("d0", models[0].Digest);
        _scene.Fleet.Add("d1", child.Digest);
        _scene.Fleet.Report("d0", reported => reported with { PreviousDigest = models[1].Digest, StandbyDigest = models[2].Digest });
        Assert.Empty(await _collector.CollectAsync(default));
        Assert.NotNull((await DetailsAsync(models[3])).CondemnedAt);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal([models[3].Digest], await _collector.CollectAsync(default));
        Assert.All((ModelEntry[])[models[0], models[1], models[2], models[4], models[5], child], entry => Assert.True(IsThere(entry)));
        Assert.False(IsThere(models[3]));
        Assert.Null(_hub.Get<ImageRepository>().Find(models[3].ToArtefact()));
        Assert.NotNull(_hub.Get<ImageRepository>().Find(models[0].ToArtefact()));
    }

    [Fact]
    public async Task What_is_used_again_after_it_was_condemned_stays()
    {
        var models = await AddAsync(4);
        _scene.AddDevices(1, models[0].Digest);
        Assert.Empty(await _collector.CollectAsync(default));
        // A rollout holds it; it is added again; a bundle takes it in.
        await _hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(models[1].Digest), default);
        await RedistributionScene.AddModelAsync(_hub, 3);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null((await DetailsAsync(models[1])).CondemnedAt);
        Assert.Null((await DetailsAsync(models[2])).CondemnedAt);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Empty(await _collector.CollectAsync(default));
        Assert.All(models, entry => Assert.True(IsThere(entry)));
    }

    [Fact]
    public async Task A_hold_that_comes_between_the_look_and_the_deletion_wins()
    {
        var models = await AddAsync(2);
        await _collector.CollectAsync(default);
        _time.Advance(TimeSpan.FromDays(2));
        var table = _hub.Get<ArtefactTable>();
        Assert.NotNull(await table.HoldAsync(models[0].Digest, default));
        Assert.False(await table.DeleteAsync(models[0].Digest, _time.GetUtcNow(), default));
        Assert.True(IsThere(models[0]));
    }

    [Fact]
    public async Task Nothing_goes_while_the_fleet_cannot_be_asked()
    {
        var models = await AddAsync(2);
        await _collector.CollectAsync(default);
        _time.Advance(TimeSpan.FromDays(2));
        _scene.Fleet.IsDown = true;
        await Assert.ThrowsAsync<HttpRequestException>(() => _collector.CollectAsync(default));
        Assert.All(models, entry => Assert.True(IsThere(entry)));
    }

    [Fact]
    public async Task A_collection_that_was_killed_half_way_is_finished_by_the_next_and_leaves_nothing_behind()
    {
        var models = await AddAsync(3);
        await _collector.CollectAsync(default);
        _time.Advance(TimeSpan.FromDays(2));
        // The row is gone; the kill came before the name was withdrawn and the file deleted.
        Assert.True(await _hub.Get<ArtefactTable>().DeleteAsync(models[0].Digest, _time.GetUtcNow(), default));
        Assert.True(File.Exists(PathOf(models[0])));
        // For the other one the name is withdrawn, and the row is still there.
        _hub.Get<ImageRepository>().Withdraw(models[1].ToArtefact().TargetPath);
        Assert.Equal([models[1].Digest], await _collector.CollectAsync(default));
        Assert.All((ModelEntry[])[models[0], models[1]], entry => Assert.False(File.Exists(PathOf(entry))));
        Assert.Null(_hub.Get<ImageRepository>().Find(models[0].ToArtefact().TargetPath));
        Assert.True(IsThere(models[2]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_devices_run_and_rollouts_bring_meanwhile_is_never_deleted(int seed)
    {
        var random = new Random(seed);
        var models = (await AddAsync(12)).ToList();
        for (var device = 0; device < 4; device++) _scene.Fleet.Add($"d{device}", models[random.Next(models.Count)].Digest, siteId: $"s{device}");
        var gone = 0;
        for (var step = 0; step < 40; step++)
        {
            var there = models.FindAll(IsThere);
            var pick = there[random.Next(there.Count)];
            if (random.Next(4) == 0)
                _scene.Fleet.Report(
                    $"d{random.Next(4)}", reported => reported with { PreviousDigest = reported.ActiveDigest, ActiveDigest = pick.Digest });
            if (random.Next(12) == 0) await TryRolloutAsync(pick.Digest, $"s{random.Next(4)}");
            _time.Advance(TimeSpan.FromHours(random.Next(1, 30)));
            gone += (await _collector.CollectAsync(default)).Count;
            var references = await _hub.Get<References>().FindAsync(default);
            foreach (var model in models)
                Assert.True(
                    IsThere(model) || !references.Contains(model.Digest), $"seed {seed}, step {step}: {model.Digest} is referred to and gone");
        }

        Assert.True(gone > 0, $"seed {seed}: nothing was ever collected");
    }

    private async Task TryRolloutAsync(string digest, string site)
    {
        try
        {
            await _hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(digest) with { SiteId = site }, default);
        }
        catch (RolloutRefusedException)
        {
            // The device is in another one, or has it already.
        }
    }

    private async Task<ModelEntry[]> AddAsync(int count)
    {
        var models = new ModelEntry[count];
        for (var i = 0; i < count; i++) models[i] = await RedistributionScene.AddModelAsync(_hub, i + 1);
        return models;
    }

    private Task<ModelEntry> AddChildAsync(string name, ModelEntry parent)
    {
        var onnx = Models.Onnx(name);
        var manifest = Models.Manifest(name, 1, onnx);
        return _hub.Get<IModelRegistry>()
            .AddAsync(manifest with { Lineage = manifest.Lineage with { ParentDigest = parent.Digest } }, onnx, "test", default);
    }

    private async Task<ArtefactDetails> DetailsAsync(ModelEntry entry) => (await _hub.Get<IArtefactRegistry>().DetailsAsync(entry.Digest, default))!;

    private bool IsThere(ModelEntry entry) => _hub.Get<ArtefactTable>().Find(entry.Digest) is not null && File.Exists(PathOf(entry));

    private string PathOf(ModelEntry entry) => _hub.Get<ArtefactFolder>().PathOf(entry.Digest);
}

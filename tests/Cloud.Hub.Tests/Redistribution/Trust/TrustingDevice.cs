using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Edge.Tests.Models;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>Device <c>d0</c> with its own model loop before the hub of a <see cref="TrustScene"/>.</summary>
internal sealed class TrustingDevice : IAsyncDisposable
{
    private readonly TrustScene _scene;
    private ModelOrders _orders = null!;

    public TrustingDevice(TrustScene scene)
    {
        _scene = scene;
        Packages = SigningKey.Load(Path.Combine(scene.Data, "signing.key"));
        Start();
    }

    /// <summary>The hub's key of packages.</summary>
    public SigningKey Packages { get; }

    public UpdaterRig Rig { get; private set; } = null!;

    public async Task RestartAsync()
    {
        await Rig.DisposeAsync();
        _orders.Dispose();
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        _orders.Dispose();
        Packages.Dispose();
    }

    private void Start()
    {
        var device = new DeviceOptions { Site = "site", Id = "d0", StateFolder = _scene.File("device") };
        var model = new ModelOptions { ImageRoot = _scene.FirstRoot("images"), DirectorRoot = _scene.FirstRoot(
            "director"), DownloadTimeout = TimeSpan.FromSeconds(60) };
        Directory.CreateDirectory(device.StateFolder);
        _orders = new ModelOrders(
            device, new Edge.Agent.Settings.HubOptions { Artefacts = _scene.Hub.Address(HubServices.Redistribution).AbsoluteUri }, model,
            TrustScene.Password, null, TimeProvider.System, NullLogger.Instance);
        Rig = new UpdaterRig(device.StateFolder, Packages, _orders);
        Rig.Start();
        Rig.Play(60);
    }

    public Task<ModelEntry> AddAsync(long release)
    {
        var onnx = FixturePackage.Onnx("half");
        return _scene.Hub.Get<IModelRegistry>().AddAsync(FixturePackage.Manifest(release, onnx), onnx, "test", default);
    }

    public async Task<ModelEntry> FindAsync(long release) =>
        (await _scene.Hub.Get<IModelRegistry>().ListAsync(default)).Single(entry => entry.Manifest.Release == release);

    public async Task<ReadOnlyMemory<byte>> PackageAsync(ModelEntry entry) =>
        (await _scene.Hub.Get<IModelRegistry>().PackageAsync(entry.Digest, default))!.Value;

    public async Task<ModelAssignment> OfferAsync(ModelEntry entry) =>
        Rig.Offer(entry.Digest, entry.Manifest.Release, (await PackageAsync(entry)).Span);

    public Task DirectAsync(TargetFile? image) =>
        _scene.Hub.Get<Director>().AssignAsync(new DeviceIdentity("d0", DeviceIdentity.GenericHardware), image, default);

    public async Task<ModelAssignment> InstallAsync(long release)
    {
        var entry = await FindAsync(release);
        await DirectAsync(_scene.Hub.Get<ImageRepository>().Find(entry.ToArtefact()));
        var assignment = await OfferAsync(entry);
        var told = await Rig.PlayUntilAsync(assignment, SlotState.Committed, SlotState.Refused);
        Assert.True(told.State == SlotState.Committed, $"release {release}: {told.Reason}: {told.Detail}");
        return assignment;
    }

    public async Task RefusedAsync(ModelAssignment assignment, string reason)
    {
        var answering = Rig.Answering;
        lock (Rig.Steps) Rig.Steps.Clear();
        var told = await Rig.PlayUntilAsync(assignment, SlotState.Refused, SlotState.Active);
        Assert.True(told.Reason == reason, $"expected {reason}, got {told.State}, {told.Reason}: {told.Detail}");
        Assert.Equal(answering, Rig.Answering);
    }
}

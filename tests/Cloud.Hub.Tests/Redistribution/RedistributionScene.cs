using System.Threading.Channels;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>A real hub that runs Redistribution, alone unless said otherwise, before a simulated fleet that outlives it.</summary>
internal sealed class RedistributionScene : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Channel<RolloutTransitioned> _transitions = Channel.CreateUnbounded<RolloutTransitioned>();
    private readonly List<EventBus.Subscription> _subscriptions = [];
    private readonly List<Task> _pumps = [];

    public RedistributionScene() => Fleet.Assigned = Fleet.Obey;

    public SimulatedFleet Fleet { get; } = new();

    public NoTruth Feedback { get; } = new();

    /// <summary>What devices said, as the archive keeps it.</summary>
    public SimulatedFacts Facts { get; } = new();

    public string Folder => _folder.Path;

    /// <summary>With a hub, so many releases of a model, and devices d0, d1 … that answer with the first of them.</summary>
    /// <param name="answering">False: they have no model.</param>
    public static async Task<RedistributionScene> BeginAsync(
        int devices, int releases, bool answering = true, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var scene = new RedistributionScene();
        scene.Hub = await scene.StartAsync(settings: settings);
        for (var release = 1; release <= releases; release++) scene.Releases.Add(await AddModelAsync(scene.Hub, release));
        scene.AddDevices(devices, answering ? scene.Releases[0].Digest : null);
        return scene;
    }

    /// <summary>Of a scene that was begun with one; ends with it.</summary>
    public HubFixture Hub { get; private set; } = null!;

    public IRollouts Rollouts => Hub.Get<IRollouts>();

    public List<ModelEntry> Releases { get; } = [];

    /// <summary>The scene's hub ends, and another one starts on what is on disk.</summary>
    public async Task RestartAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        await Hub.DisposeAsync();
        Hub = await StartAsync(settings: settings);
    }

    /// <summary>Starts a hub on the scene's folder, or on another.</summary>
    public async Task<HubFixture> StartAsync(
        string? folder = null, IReadOnlyDictionary<string, string?>? settings = null, string services = "redistribution")
    {
        var values = new Dictionary<string, string?>(
            settings ?? new Dictionary<string, string?>()) { ["Redistribution:LookInterval"] = "00:00:00.020" };
        // Made and followed before the hub is: it may move a rollout on while it still starts.
        var bus = new EventBus();
        var subscription = bus.Subscribe("test", static happened => happened is RolloutTransitioned);
        _subscriptions.Add(subscription);
        _pumps.Add(PumpAsync(subscription));
        return await HubFixture.StartAsync(
            services, values, folder ?? Folder,
            adjusted => adjusted.AddSingleton<IFleet>(Fleet).AddSingleton(Substitute.For<IDeviceReports>()).AddSingleton<IFeedback>(Feedback)
                .AddSingleton<IFactArchive>(Facts).AddSingleton(bus));
    }

    /// <summary>Registers a release of the scene's model.</summary>
    public static Task<ModelEntry> AddModelAsync(HubFixture hub, long release)
    {
        var onnx = Models.Onnx($"model {release}");
        return hub.Get<IModelRegistry>().AddAsync(Models.Manifest("pump", release, onnx), onnx, "test", CancellationToken.None);
    }

    /// <summary>Devices d0, d1 … and one outsider of another site that answer with the digest.</summary>
    public void AddDevices(int count, string? digest)
    {
        for (var i = 0; i < count; i++) Fleet.Add($"d{i}", digest);
        Fleet.Add("x0", digest, siteId: "elsewhere");
    }

    public static RolloutRequest Request(string digest) => new()
    {
        Digest = digest, SiteId = "site", RequestedBy = "test", Reason = "because",
        Groups = [new("canary", 0.1), new("stage", 0.4), new("full", 0.5)],
        Gate = new GatePolicy { MinimumWindows = 50, Limits = new Dictionary<string, double> { [GateLimits.AlarmRate] = 0.3 } },
    };

    /// <summary>Every told device of the rollout shows windows with the new digest, every other one with its own.</summary>
    public async Task WorkAsync(HubFixture hub, string rolloutId, long alarms = 5)
    {
        Work((await hub.Get<IRollouts>().FindAsync(rolloutId, CancellationToken.None))!, alarms);
    }

    /// <summary>The same, as devices do it that know nothing of the hub.</summary>
    public void Work(RolloutView view, long alarms = 5)
    {
        foreach (var device in view.Groups.SelectMany(static group => group.Devices)
            .Where(static device => device.State is not null || device.Touched))
        {
            Facts.Add("site", device.DeviceId, Evidence(view.Request.Digest, alarms));
        }

        foreach (var device in view.Groups.SelectMany(static group => group.Devices)
            .Where(static device => device is { State: null, Touched: false, PreviousDigest: not null }))
        {
            Facts.Add("site", device.DeviceId, Evidence(device.PreviousDigest!, 5));
        }
    }

    /// <summary>Waits for the next transition of a rollout to a state, in whichever hub it happens.</summary>
    public async Task<RolloutTransitioned> ReachedAsync(string rolloutId, string to)
    {
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (true)
        {
            var transition = await _transitions.Reader.ReadAsync(patience.Token);
            if (transition.RolloutId == rolloutId && transition.To == to) return transition;
            if (transition.RolloutId == rolloutId && transition.To is RolloutState.Restoring && to != RolloutState.Restored)
                throw new InvalidOperationException($"expected {to}, but: {transition.Reason}");
        }
    }

    /// <summary>Returns when the scene's hub shows the rollout so.</summary>
    public async Task<RolloutView> ShownAsync(string rolloutId, Func<RolloutView, bool> isSo)
    {
        RolloutView view = null!;
        await Eventually.HoldsAsync(async () => isSo(view = (await Rollouts.FindAsync(rolloutId, default))!), () => $"{view}");
        return view;
    }

    public async ValueTask DisposeAsync()
    {
        if (Hub is not null) await Hub.DisposeAsync();
        foreach (var subscription in _subscriptions) subscription.Dispose();
        await Task.WhenAll(_pumps);
        _folder.Dispose();
    }

    private static ModelEvidence Evidence(string digest, long alarms) =>
        new() { Digest = digest, BootId = "b", RunId = "run", FromUs = 0, ToUs = 1, Windows = 100, AlarmWindows = alarms, InferenceP99Us = 100 };

    private async Task PumpAsync(EventBus.Subscription subscription)
    {
        await foreach (var happened in subscription.Events.ReadAllAsync()) _transitions.Writer.TryWrite((RolloutTransitioned)happened);
    }
}

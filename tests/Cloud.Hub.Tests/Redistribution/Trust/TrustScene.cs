using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Operator.Cli.Keys;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>A real hub with its two repositories, keepers of offline keys beside it, and clients that know nothing but the first roots.</summary>
internal sealed class TrustScene : IAsyncDisposable
{
    /// <summary>Of device <c>d0</c>.</summary>
    public const string Password = "secret";

    private readonly TempFolder _folder = new();
    private HubFixture? _hub;

    public HubFixture Hub => _hub!;

    public SimulatedFleet Fleet { get; } = new();

    public string Data => _folder.File("hub");

    public string Images => Path.Combine(Data, "trust", "images");

    public string Director => Path.Combine(Data, "trust", "director");

    /// <summary>Of the director's root, two of three, all here.</summary>
    public Ceremony DirectorKeepers() => new(_folder.File("director-keys"), Director, static _ => "", TimeProvider.System);

    /// <summary>Two of three keepers, all here.</summary>
    public Ceremony Keepers(string repository, TimeProvider? clock = null) =>
        new(_folder.File("keys"), repository, static _ => "", clock ?? TimeProvider.System);

    public string File(string name) => _folder.File(name);

    /// <param name="offline">Root and targets keys lie with the keepers.</param>
    /// <param name="offlineDirector">The keys of the director's root lie with keepers of their own.</param>
    public async Task StartAsync(bool offline, bool offlineDirector = false)
    {
        if (offlineDirector && !Directory.Exists(Director)) DirectorKeepers().BeginDirector(Quorum.Parse("2/3"), null);
        if (offline && !Directory.Exists(Images)) Keepers(Images).Begin(Quorum.Parse("2/3"), Quorum.Parse("2/3"), null);
        if (_hub is not null) await _hub.DisposeAsync();
        var settings = new Dictionary<string, string?> { ["Redistribution:OfflineTargets"] = offline.ToString(),
            ["Redistribution:OfflineDirector"] = offlineDirector.ToString() };
        _hub = await HubFixture.StartAsync("redistribution", settings, Data, services => services
            .AddSingleton<IFleet>(Fleet).AddSingleton(Substitute.For<IDeviceReports>()).AddSingleton<IFeedback>(new NoTruth())
            .AddSingleton<IFactArchive>(new SimulatedFacts()).AddSingleton<IDeviceCredentials>(new OneDevice()));
    }

    /// <summary>The keepers sign a registered model's package into the hub's folder.</summary>
    public async Task SignAsync(params ModelEntry[] entries)
    {
        foreach (var entry in entries)
        {
            var package = File($"{entry.Manifest.Release}.hmas");
            await System.IO.File.WriteAllBytesAsync(package, (await Hub.Get<IModelRegistry>().PackageAsync(entry.Digest, default))!.Value);
            Keepers(Images).Sign([package], new ReleaseTerms(ArtefactKind.Model, null, null, HardwareClass.AnyOnly));
        }
    }

    public string FirstRoot(string repository) => Path.Combine(Data, "trust", repository, "1.root.json");

    /// <summary>A client over HTTP, as the operator.</summary>
    /// <param name="path">Below <c>/tuf/</c>.</param>
    public UpdateClient Client(HttpFetcher fetcher, string repository, string path)
    {
        var folder = new MetadataFolder(File($"client-{repository}"));
        if (folder.Read("root", 1 << 20) is null) UpdateClient.Initialise(folder, System.IO.File.ReadAllBytes(FirstRoot(repository)));
        return new UpdateClient(folder, new Mirrors([Address(path)]), fetcher, new UpdateLimits(), TimeProvider.System);
    }

    public HttpFetcher Fetcher() => new(new UpdateLimits(), TimeProvider.System, new("Bearer", Hub.OperatorToken));

    public string Address(string path) => $"{Hub.Address(HubServices.Redistribution)}tuf/{path}";

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class OneDevice : IDeviceCredentials
    {
        public Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation) =>
            Task.FromResult(deviceId == "d0" && password == Password);
    }
}

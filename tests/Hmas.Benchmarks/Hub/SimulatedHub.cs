using System.Globalization;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Settings;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hmas.Benchmarks.Hub;

/// <summary>A real hub in this process, with a fleet that reaches it below the socket.</summary>
internal sealed class SimulatedHub : IAsyncDisposable
{
    private const int AtOnce = 2_000;

    /// <summary>Device i is at site i modulo this.</summary>
    public const int Sites = 50;

    private static readonly TensorSpec Input = new("in", [1, 2, 8]);
    private static readonly TensorSpec Output = new("out", [1, 2, 8]);

    private readonly TempFolder _folder = new();
    private readonly WebApplication _app;

    /// <param name="isBrokerReal">True: the hub's own broker, on its port, to which nobody is connected.</param>
    public SimulatedHub(bool isBrokerReal)
    {
        var values = new Dictionary<string, string?>
        {
            ["Data"] = _folder.Path, ["Services"] = "memory,communication,feedback,redistribution",
            ["PortOffset"] = FreePorts.HubOffset().ToString(CultureInfo.InvariantCulture), ["Log:Level"] = "Warning",
            ["Communication:Embedded:MeasureAtStart"] = "false", ["Redistribution:LookInterval"] = "00:00:00.200",
        };
        _app = HubBuilder.Build(HubSettings.Load(null, values, environment: false), services =>
        {
            if (!isBrokerReal) services.AddSingleton<IFleetTransport>(Broker);
        });
    }

    public SimulatedBroker Broker { get; } = new();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Somebody wants the program to end (SIGTERM, Ctrl+C).</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public Task StartAsync() => _app.StartAsync();

    /// <summary>Enrols devices, spread over sites; each has the model already.</summary>
    public async Task<IReadOnlyList<SimulatedAgent>> JoinAsync(int devices, string digest)
    {
        var fleet = Get<IFleet>();
        var agents = Enumerable.Range(0, devices)
            .Select(i =>
                (Site: FormattableString.Invariant($"site-{i % Sites}"),
                    Device: new SimulatedAgent(
                        Broker, FormattableString.Invariant($"site-{i % Sites}"), FormattableString.Invariant($"device-{i}"), digest))).ToArray();
        foreach (var some in agents.Chunk(AtOnce))
        {
            Stopping.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(agent => fleet.EnrolAsync(agent.Site, agent.Device.DeviceId, Stopping)));
        }

        foreach (var agent in agents) Broker.Add(agent.Device);
        return [.. agents.Select(static agent => agent.Device)];
    }

    public Task<ModelEntry> AddModelAsync(long release)
    {
        var graph = new OnnxGraph();
        graph.Node("Identity", ["in"], "out");
        var onnx = graph.ToBytes(FormattableString.Invariant($"model {release}"), Input, Output);
        return Get<IModelRegistry>().AddAsync(
            new ModelManifest
            {
                Name = "pump", Release = release, OnnxDigest = ModelPackage.DigestOf(onnx), OnnxBytes = onnx.Length, Channels = ["a", "b"],
                RateHz = 1, Window = new WindowSpec(8, 4), Recipe = new FeatureRecipe(), Input = Input,
                Output = Output, Head = ModelHead.Reconstruction, Threshold = new ThresholdPolicy(), Precision = "float32",
                Lineage = new Lineage { RunId = "run", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "0" },
            },
            onnx, "benchmark", default);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Wiring;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Testing;
using Communication1 = Cloud.Hub.Communication.Contract.V1;
using Redistribution1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Tests.Host.Grains;

/// <summary>Two hubs that share rollouts on Debian's Redis, with TLS between them, and a third
/// that has the fleet: all processes of their own.</summary>
public sealed class TwoSilosTests
{
    private const int Devices = 6;

    [Fact]
    public async Task A_rollout_goes_on_in_the_other_hub_when_the_one_that_holds_it_is_killed()
    {
        var port = FreePorts.One().ToString(CultureInfo.InvariantCulture);
        using var redis = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/redis-server",
                ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;
        try
        {
            while (await redis.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
            }

            await RunAsync($"127.0.0.1:{port}");
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync();
        }
    }

    private static async Task RunAsync(string redis)
    {
        using var folder = new TempFolder();
        await using var fleet = await HubProcess.StartAsync("memory,communication,feedback", folder.File("fleet"));
        var settings = fleet.Remotes(HubServices.Memory, HubServices.Communication, HubServices.Feedback);
        settings["cluster:redis"] = redis;
        settings["redistribution:lookInterval"] = "00:00:00.100";
        using var authority = new TestAuthority();
        settings["cluster:caFile"] = authority.CaFile;
        (settings["tls:certificateFile"], settings["tls:keyFile"]) = authority.Issue("hub.test");
        // The same folder: registry and rollouts are shared; Redis says who runs which.
        await using var first = await HubProcess.StartAsync("redistribution", folder.File("registry"), settings);
        await using var second = await HubProcess.StartAsync("redistribution", folder.File("registry"), settings);

        using var channel = first.Grpc(HubServices.Redistribution);
        var registry = new ModelsGrpcClient(new Redistribution1.Models.ModelsClient(channel));
        var (old, next) = (await AddAsync(registry, 1), await AddAsync(registry, 2));
        var site = await JoinAsync(fleet, old.Digest);
        try
        {
            var started = await new RolloutsGrpcClient(new Redistribution1.Rollouts.RolloutsClient(channel)).StartAsync(
                RedistributionScene.Request(next.Digest), default);
            var rollout = started.RolloutId;
            var (told, heard) = (
                first.SaysAsync($"rollout {rollout} canary: waiting to deploying"),
                second.SaysAsync($"rollout {rollout} canary: waiting to deploying"));
            var says = await Task.WhenAny(told, heard);
            await says;
            var (holdsIt, other) = says == told ? (first, second) : (second, first);
            await holdsIt.KillAsync();

            using var survivor = other.Grpc(HubServices.Redistribution);
            var ended = await WorkUntilEndedAsync(new RolloutsGrpcClient(new Redistribution1.Rollouts.RolloutsClient(survivor)), rollout, site);
            Assert.True(
                ended.State == RolloutState.Completed,
                $"{ended.State}, stopped by {ended.StoppedBy}: {string.Join("; ", ended.Transitions.Select(static move => move.Reason))}");
            await other.SaysAsync($"rollout {rollout} rollout: running to completed");
            Assert.All(site.Take(Devices), device => Assert.Equal(next.Digest, device.Digest));
            Assert.Equal(old.Digest, site[^1].Digest);
        }
        finally
        {
            foreach (var device in site) await device.DisposeAsync();
        }
    }

    private static Task<ModelEntry> AddAsync(ModelsGrpcClient registry, long release)
    {
        var onnx = Models.Onnx($"model {release}");
        return registry.AddAsync(Models.Manifest("pump", release, onnx), onnx, "test", default);
    }

    /// <summary>Devices of the site, and last one of another, which is the rollout's control.</summary>
    private static async Task<IReadOnlyList<FleetDevice>> JoinAsync(HubProcess fleet, string digest)
    {
        using var channel = fleet.Grpc(HubServices.Communication);
        var enrol = new FleetGrpcClient(new Communication1.Communication.CommunicationClient(channel));
        var site = new List<FleetDevice>();
        for (var i = 0; i <= Devices; i++)
        {
            Enrolment enrolment = i < Devices ? await enrol.EnrolAsync("site", $"d{i}", default) : await enrol.EnrolAsync("elsewhere", "x0", default);
            site.Add(await FleetDevice.ConnectAsync(enrolment, fleet.MqttPort, digest));
        }

        return site;
    }

    private static async Task<RolloutView> WorkUntilEndedAsync(RolloutsGrpcClient rollouts, string rollout, IReadOnlyList<FleetDevice> site)
    {
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var windows = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        RolloutView? view = null;
        while (await windows.WaitForNextTickAsync(patience.Token))
        {
            await Task.WhenAll(site.Select(static device => device.WorkAsync()));
            try
            {
                view = await rollouts.FindAsync(rollout, patience.Token);
                if (view?.EndedAt is not null) return view;
            }
            catch (Grpc.Core.RpcException) when (!patience.IsCancellationRequested)
            {
                // The killed silo is not given up yet.
            }
        }

        throw new TimeoutException($"the rollout stands at {view?.State}");
    }
}

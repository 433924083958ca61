using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Cloud.Hub.Redistribution.Targeting;
using Hmas.Contracts.Models;

namespace Hmas.Benchmarks.Hub;

/// <summary>What a rollout over a large fleet costs the hub: aiming, grouping, telling everybody, and a
/// look at the whole fleet with a fact from each device.</summary>
internal static class RolloutPlan
{
    private const string Old = "sha256:old";

    public static int Run(int devices)
    {
        var ids = Enumerable.Range(0, devices).Select(static i => $"device-{i}").ToArray();
        var request = new RolloutRequest { Digest = "sha256:new", RequestedBy = "benchmark", Reason = "because",
            Where = "site = site-1* and not tag.stage = test", Groups = [new("all")] };
        Measure("read and match the query", () =>
        {
            var query = DeviceQuery.Parse(request.Where);
            return ids.Count(id => query.Matches(Attributes(id)));
        });
        var candidates = ids.Select(static id => new Candidate(id, true, $"site-{id.Length}", new Dictionary<string, string>())).ToArray();
        var plan = Measure("group", () => GroupPlanner.Plan(request, candidates));
        var rollout = Measure(
            "begin", () => RolloutStateMachine.Begin(
                "r", request, plan, ids.ToDictionary(static id => id, static _ => (string?)Old), DateTimeOffset.UnixEpoch));
        var seen = new FleetSeen(
            DateTimeOffset.UnixEpoch,
            ids.ToDictionary(
                static id => id,
                static id =>
                    new DeviceSeen { DeviceId = id, Online = true, HasReported = true, ActiveDigest = Old, DesiredDigest = Old, IsUpToDate = true }),
                    new Dictionary<string, TruthCounts>());
        rollout = Measure("assign: whom to tell what", () =>
        {
            var told = RolloutStateMachine.Advance(rollout, seen);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {RolloutStateMachine.Wanted(told, seen).Count} devices to tell"));
            return told;
        });
        var facts =
            ids.Select(static id => new RolloutFact(
                id, null,
                new ModelEvidence { Digest = "sha256:new", BootId = "b", RunId = "r", FromUs = 0, ToUs = 1, Windows = 10, AlarmWindows = 0,
                    InferenceP99Us = 100 })).ToArray();
        rollout = Measure("take in a fact of every device", () => RolloutObservation.Observe(rollout, facts));
        rollout = Measure("look and judge", () => RolloutStateMachine.Advance(rollout, seen));
        Measure("write the state down, as the grain does", () =>
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(rollout, RedistributionJson.Options).Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {bytes / 1e6:0.0} MB"));
            return bytes;
        });
        return 0;
    }

    private static Dictionary<string, string> Attributes(string id) => new() { ["site"] = $"site-{id.Length}{id[^1]}", ["device"] = id };

    private static T Measure<T>(string what, Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {watch.Elapsed.TotalSeconds:0.000} s"));
        return result;
    }
}

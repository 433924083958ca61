using System.Globalization;

namespace Operator.Cli.Demo.Report;

/// <summary>One thing that each service of the hub was seen doing in this run.</summary>
internal static class ServiceFacts
{
    private const string NotAnEvent = "Heartbeat";

    public static IReadOnlyDictionary<string, ServiceFact> Of(HubObservations seen) => new Dictionary<string, ServiceFact>
    {
        ["perception"] = new(
            seen.Opinions.Count,
            $"gave {seen.Opinions.Count} second opinions, {seen.Opinions.Count(static opinion => opinion.Agrees)} agree with the device; data of {seen.DataQuality.Count(static device => device.Verdict == "good")} of {seen.DataQuality.Count} devices good"),
        ["memory"] = new(
            seen.Archive.Experiences,
            $"archived {seen.Archive.Experiences} experiences of {seen.Archive.Devices.Count} devices, dropped {seen.Archive.Repeats} repeats"),
        ["learning"] = Learning(seen),
        ["reasoning"] = Reasoning(seen),
        ["communication"] = new(
            seen.Archive.Facts,
            $"took in {seen.Archive.Facts} facts, holds the state of {seen.Devices.Count(static device => device.Online)} devices online"),
        ["feedback"] = Feedback(seen),
        ["integration"] = Integration(seen),
        ["specialized"] = Specialized(seen),
        ["redistribution"] = new(
            seen.Rollouts.Sum(static rollout => rollout.Devices.Count(static device => device.Touched)),
            $"{seen.Rollouts.Count(static rollout => rollout.State == "completed")} rollouts completed, {seen.Rollouts.Count(static rollout => rollout.State == "restored")} restored; "
            + $"{seen.Rollouts.Sum(static rollout => rollout.Devices.Count(static device => device.Touched))} swaps seen, {seen.Rollouts.Sum(static rollout => rollout.Devices.Count(static device => device.Restored))} taken back"),
    };

    /// <summary>Services that were not seen doing anything.</summary>
    public static IReadOnlyList<string> Idle(IReadOnlyDictionary<string, ServiceFact> services) =>
        [.. services.Where(static service => service.Value.Seen == 0).Select(static service => service.Key)];

    private static ServiceFact Learning(HubObservations seen)
    {
        var registered = seen.Training.Where(static run => run.State == "registered").ToArray();
        return new ServiceFact(
            registered.Length,
            $"{registered.Length} of {seen.Training.Count} training runs gave a model, {registered.Sum(static run => run.TrainingWindows)} windows fitted");
    }

    private static ServiceFact Reasoning(HubObservations seen)
    {
        var site = seen.Decisions.Where(static decision => decision.Agent.StartsWith("site ", StringComparison.Ordinal)).ToArray();
        var raised = site.Where(static decision => decision.Decision == "raise sampling").ToArray();
        var lowered = site.Count(static decision => decision.Decision == "lower sampling");
        var fleet = seen.Decisions.Count(static decision => decision.Agent == "fleet");
        var because = raised.Length > 0 ? $", last because {raised[0].Reason}" : "";
        return new ServiceFact(
            fleet, $"the fleet's agent decided {fleet} times; the site's raised sampling {raised.Length} times, lowered it {lowered} times{because}");
    }

    private static ServiceFact Feedback(HubObservations seen)
    {
        var known = seen.Quality.Sum(static quality =>
            quality.TruePositives + quality.FalsePositives + quality.TrueNegatives + quality.FalseNegatives);
        var right = seen.Quality.Sum(static quality => quality.TruePositives + quality.TrueNegatives);
        return new ServiceFact(
            known, $"joined late truth to {known} windows of {seen.Quality.Select(static quality => quality.Digest).Distinct().Count()} models, {right} of them judged right; remembers {seen.Alarms.Count} alarms");
    }

    private static ServiceFact Integration(HubObservations seen)
    {
        var events = seen.Events.Where(static pair => pair.Key != NotAnEvent).OrderByDescending(static pair => pair.Value).ToArray();
        var told = events.Sum(static pair => pair.Value);
        var most = string.Join(", ", events.Take(3).Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {pair.Key}")));
        return new ServiceFact(
            seen.DashboardBytes > 0 ? told : 0,
            $"told {told} events over the WebSocket ({most}), served the dashboard ({seen.DashboardBytes} bytes of page)");
    }

    private static ServiceFact Specialized(HubObservations seen)
    {
        var advised = seen.Details.Where(static device => device.Advice is not null).ToArray();
        if (advised.Length == 0) return new ServiceFact(0, "no alarmed window to advise on");
        var surest = advised.MaxBy(static device => device.Advice!.Confidence)!;
        return new ServiceFact(advised.Length, string.Create(
            CultureInfo.InvariantCulture,
            $"read the newest alarmed window of {advised.Length} devices; {surest.Advice!.Asset}: {surest.Advice.Fault} ({surest.Advice.Confidence:0.00}), since {surest.Advice.Reasons[0]}"));
    }
}

using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Integration;

/// <summary>Rollouts under way that wait for something: a person, the hours of their sites, devices.</summary>
internal static class SampleRollouts
{
    public const string Waiting = "rollout-waits";
    public const string Program = "rollout-program";
    public const string Held = "rollout-held";
    public const string Continuous = "rollout-open";

    /// <summary>A model that a second person has to approve, to be told at night.</summary>
    public static RolloutView WaitsForApproval(DateTimeOffset now) => new()
    {
        RolloutId = Waiting, State = "scheduled", StartedAt = now.AddMinutes(-2),
        Request = new RolloutRequest
        {
            Digest = SampleFleet.NewDigest, RequestedBy = "ada", Reason = "fewer false alarms in the cold season", NeedsApproval = true,
            NotBefore = now.AddHours(5),
            Windows =
            [
                new(new TimeOnly(22, 0), 240, "Europe/Berlin", "harbour",
                    [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday]),
                new(new TimeOnly(5, 30), 45, "America/New_York", "mill", Until: new DateOnly(2026, 12, 18)),
            ],
        },
        Groups = [Group("canary", "waiting", null, Told("pump-1", null)), Group("full", "waiting", null, Told("pump-2", null))],
        Transitions = [new(now.AddMinutes(-2), "rollout", "", "scheduled", "fewer false alarms in the cold season (ada)", null)],
    };

    /// <summary>An agent's program: some devices are well, one came back, one is lost; the next group begins by hand.</summary>
    public static RolloutView ProgramUnderWay(DateTimeOffset now) => new()
    {
        RolloutId = Program, Kind = ArtefactKind.Agent, State = "running", StartedAt = now.AddMinutes(-40), ApprovedBy = "grace",
        Request = new RolloutRequest
        {
            Digest = SampleFleet.OldDigest, RequestedBy = "ada", Reason = "agent 1.4", NeedsApproval = true,
            Groups = [new("canary", Count: 8), new("full", Manual: true)],
        },
        Groups =
        [
            Group("canary", "passed", new GateEvidence(8, 7, 1, 0, 1, 0, 0, 0, 0,
                [
                    new(GateLimits.ModelFailures, 0.125, null, 0.02, 8, 3.1, 720, null, 0.71),
                    new(GateLimits.Restarts, 0.02, 0.01, 0.05, 70, 0.3, 720, null, 0.19),
                    new(GateLimits.Memory, 0, null, 0.1, 4, 0.8, 720, null),
                ]) { DevicesHealthy = 5, DevicesLost = 1 },
                [.. Enumerable.Range(1, 6).Select(static i => Told($"pump-{i}", SlotState.Committed)),
                    Told("pump-7", SlotState.Returned), Told("pump-8", SlotState.Active)]),
            Group("full", "waiting", null, Told("pump-9", null), Told("pump-10", null)),
        ],
        Transitions = [new(now.AddMinutes(-39), "canary", "waiting", "deploying", "8 devices told", null)],
    };

    /// <summary>One of its devices is another rollout's for now, another one refused the model.</summary>
    public static RolloutView HeldBack(DateTimeOffset now) => new()
    {
        RolloutId = Held, State = "running", StartedAt = now.AddMinutes(-5), WaitsFor = [Program],
        Request = new RolloutRequest { Digest = SampleFleet.NewDigest, RequestedBy = "ada", Reason = "less noise" },
        Groups =
        [
            Group(
                "canary", "deploying", new GateEvidence(2, 1, 1, 0, 1, 0, 0, 0, 0, []), Told("pump-1", null),
                Told("pump-2", SlotState.Refused) with { Reason = "probe 4 of 16 answered 0.31 away from what is expected" }),
        ],
        Transitions = [new(now.AddMinutes(-5), "canary", "waiting", "deploying", "2 devices told", null)],
    };

    /// <summary>Every group has passed; it goes on to devices that join.</summary>
    public static RolloutView Open(DateTimeOffset now) => new()
    {
        RolloutId = Continuous, State = "running", StartedAt = now.AddDays(-3), OpenSince = now.AddDays(-2),
        Request = new RolloutRequest { Digest = SampleFleet.OldDigest, RequestedBy = "ada", Reason = "what everybody has", Continuous = true },
        Groups =
        [
            Group(
                "full", "passed", new GateEvidence(2, 2, 0, 0, 0, 0, 400, 0, 0, []), Told("pump-4", SlotState.Committed),
                Told("pump-5", SlotState.Committed)),
        ],
        Transitions = [new(now.AddDays(-2), "full", "observing", "passed", "400 windows of 2 devices", null)],
    };

    private static RolloutGroupView Group(string name, string state, GateEvidence? evidence, params RolloutDeviceView[] devices) =>
        new() { Name = name, State = state, Evidence = evidence, Devices = devices };

    private static RolloutDeviceView Told(string id, SlotState? state) =>
        new(id, null, state, null, null, state is SlotState.Committed or SlotState.Active or SlotState.Returned, false, null);
}

using System.Text.Json.Serialization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Everything a rollout knows, as it stands on disk: a hub that was killed goes on from here.</summary>
internal sealed record RolloutState
{
    public const string Scheduled = "scheduled";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Restoring = "restoring";
    public const string Completed = "completed";
    public const string Restored = "restored";
    public const string Cancelled = "cancelled";

    private static readonly string[] Known = [Scheduled, Running, Paused, Restoring, Completed, Restored, Cancelled];

    /// <summary>The first word that this hub does not know, as a newer one may have written it; null: it knows all.</summary>
    /// <param name="state">Of the rollout; null: its document says none.</param>
    /// <param name="groups">States of its groups.</param>
    public static string? UnknownOf(string? state, IEnumerable<string?> groups) =>
        !Known.Contains(state, StringComparer.Ordinal) ? state ?? "none"
        : groups.Where(static group => !GroupState.Known.Contains(group, StringComparer.Ordinal)).Select(static group => group ?? "none").FirstOrDefault();

    /// <summary>As people are told of a word that this hub does not know.</summary>
    public static string Unknown(string word) => $"it, or a group of it, is in a state that this hub does not know: '{word}'";

    public required string RolloutId { get; init; }

    public required RolloutRequest Request { get; init; }

    public required string State { get; init; }

    /// <summary>What the digest names.</summary>
    public ArtefactKind Kind { get; init; }

    public required IReadOnlyList<GroupState> Groups { get; init; }

    /// <summary>Group by group, then control devices, then those that joined since.</summary>
    public required IReadOnlyList<DeviceState> Devices { get; init; }

    public IReadOnlyList<RolloutTransition> Transitions { get; init; } = [];

    /// <summary>What control devices showed while groups were judged: the last group, which leaves nobody to
    /// compare with at the same time, is compared with it.</summary>
    public EvidenceSum Control { get; init; } = new();

    /// <summary>Id of the last fact in the archive that this state has taken in. It is written with what
    /// the fact changed, so no crash loses or repeats one.</summary>
    public long LastFactId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? ApprovedBy { get; init; }

    /// <summary>Bytes that a device fetches at most.</summary>
    public long PackageBytes { get; init; }

    /// <summary>Share of healthy windows, 0 to 1, on which the model alarmed before it was released; null: it promises nothing of the kind.</summary>
    public double? PromisedAlarms { get; init; }

    public string? StoppedBy { get; init; }

    /// <summary>It was stopped because the model did harm: nobody may get it again.</summary>
    public bool IsHarmful { get; init; }

    /// <summary>Of a continuous one: since when every group has passed; null: not yet.</summary>
    public DateTimeOffset? OpenSince { get; init; }

    /// <summary>One that is open gives way to every other.</summary>
    public int Priority => OpenSince is null ? Request.Priority : -1;

    /// <summary>Other rollouts that hold devices which this one waits for.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    /// <summary>The only group that goes back; null: every changed device does.</summary>
    public int? RestoredGroup { get; init; }

    /// <summary>Only a model is judged by the windows it answers.</summary>
    public bool HasWindows => Kind == ArtefactKind.Model;

    /// <summary>Some were put aside for comparison when it began.</summary>
    [JsonIgnore]
    public bool HasControlDevices { get; init; }

    /// <summary>Index of the group of those that joined; null: nobody did.</summary>
    public int? JoinedGroup => Groups.Count > 0 && Groups[^1].IsJoined ? Groups.Count - 1 : null;

    /// <summary>Groups of the plan: all but those that joined.</summary>
    public int PlannedGroups => JoinedGroup ?? Groups.Count;

    /// <summary>It keeps what it has while others change, so that these are compared with it: of the control, or not told yet.</summary>
    public bool IsCompared(DeviceState device) =>
        HasControlDevices ? device.IsControl : device is { Told: false, Left: false } && device.Group != JoinedGroup;

    /// <summary>Of a restore: it was told, and is not in a group that keeps what it has.</summary>
    public bool IsToGoBack(DeviceState device) => device.Told && (RestoredGroup is null || device.Group == RestoredGroup);

    public bool HasEnded => State is Completed or Restored or Cancelled;

    public RolloutView ToView() => new()
    {
        RolloutId = RolloutId,
        Kind = Kind,
        Request = Request,
        State = State,
        Groups = [.. Groups.Select((group, index) => new RolloutGroupView
        {
            Name = group.Name,
            State = group.State,
            Devices = [.. Devices.Where(device => device.Group == index).Select(static device => device.ToView())],
            Evidence = group.Evidence,
        })],
        ControlDevices = [.. Devices.Where(static device => device.IsControl).Select(static device => device.DeviceId)],
        Transitions = Transitions,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        ApprovedBy = ApprovedBy,
        StoppedBy = StoppedBy,
        IsHarmful = IsHarmful,
        OpenSince = OpenSince,
        WaitsFor = WaitsFor,
        RestoredGroup = RestoredGroup is { } restored ? Groups[restored].Name : null,
    };
}

namespace Cloud.Hub.Redistribution.Contract;

public sealed record RolloutRequest
{
    public required string Digest { get; init; }

    /// <summary>Null: every site.</summary>
    public string? SiteId { get; init; }

    /// <summary>Empty: every device of the sites.</summary>
    public IReadOnlyList<string> DeviceIds { get; init; } = [];

    /// <summary>A query over the devices' attributes (docs/formats/device-query.md) that a device must match too; null: none.</summary>
    public string? Where { get; init; }

    /// <summary>In order. Shares of the targeted devices that sum to 1, or any mixture that ends with a group of all the rest;
    /// each share has at least one device while there are any left. By default 1, 9 and 90 %: what a bad model may
    /// reach before anything is known of it is one device in a hundred.</summary>
    public IReadOnlyList<GroupPlan> Groups { get; init; } = [new("canary", 0.01), new("stage", 0.09), new("full", 0.9)];

    /// <summary>Share of the targeted devices, 0 to 0.5, that keeps the old model to the end: what the others are compared with.
    /// 0: those not told yet are, and for the last group what they showed before.</summary>
    public double ControlShare { get; init; }

    /// <summary>No device is told before; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How quickly the devices of a group are told; null: all at once.</summary>
    public RolloutPace? Pace { get; init; }

    /// <summary>When devices may be told, by site; empty: always. A site that none names is refused, since its devices would never be told.</summary>
    public IReadOnlyList<MaintenanceWindow> Windows { get; init; } = [];

    /// <summary>0 to 100. Of two rollouts that want the same device the one of the higher priority gets it, of equal ones
    /// the older; the other waits for the device. None is taken from a rollout in the middle of its update.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>Once its groups have passed it stays open: each device that comes to match gets the artefact too, until a later rollout
    /// takes its place, or a person ends it. Not with <see cref="DeviceIds"/>.</summary>
    public bool Continuous { get; init; }

    /// <summary>It begins only once somebody else than <see cref="RequestedBy"/> has approved it.</summary>
    public bool NeedsApproval { get; init; }

    public GatePolicy Gate { get; init; } = new();

    public int ShadowWindows { get; init; } = 50;

    public int HealthWindows { get; init; } = 50;

    /// <summary>Who asks. Doors that people use put in here who is signed in, whatever the request says.</summary>
    public string RequestedBy { get; init; } = "";

    /// <summary>Why, for those who read the rollout later.</summary>
    public required string Reason { get; init; }
}

using Cloud.Hub.Communication.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>A device's twin, as far as a rollout looks at it.</summary>
internal sealed record DeviceSeen
{
    public required string DeviceId { get; init; }

    public string SiteId { get; init; } = "";

    public bool Online { get; init; }

    /// <summary>It has reported at least once.</summary>
    public bool HasReported { get; init; }

    public string? ActiveDigest { get; init; }

    /// <summary>Null when it names none.</summary>
    public string? Hardware { get; init; }

    /// <summary>What it has in common with others: site, hardware, tags.</summary>
    public IReadOnlyList<string> Slices { get; init; } = [];

    /// <summary>What runs when nobody brought anything; null: nothing does.</summary>
    public string? SetUpDigest { get; init; }

    public SlotState SlotState { get; init; }

    public string? Refusal { get; init; }

    public string? DesiredDigest { get; init; }

    public string? DesiredRolloutId { get; init; }

    public bool DesiredIsRestore { get; init; }

    public int DesiredAttempt { get; init; }

    /// <summary>Its last report was made knowing the newest desired state.</summary>
    public bool IsUpToDate { get; init; }

    public string? BootId { get; init; }

    /// <summary>0: not told.</summary>
    public long ResidentBytes { get; init; }

    public DeviceVitals? Vitals { get; init; }

    /// <summary>Time of its last report by its own clock, µs: another one is another report.</summary>
    public long ReportedUs { get; init; }

    /// <summary>When anything was heard of it, by the hub's clock; null: never.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>What it runs as far as anybody knows: what it reported, else what it was last told. One that is away on
    /// its way back counts as back: what it still runs was thrown out.</summary>
    public string? CurrentDigest => (HasReported && (IsUpToDate || !DesiredIsRestore) ? ActiveDigest : DesiredDigest) ?? SetUpDigest;

    /// <param name="kind">What a rollout brings: a device's model, what runs beside it, and firmware are looked at apart, though one wish
    /// stands in its desired state at a time.</param>
    /// <param name="slices">From <see cref="DeviceSlices"/>; null: they are not asked for.</param>
    public static DeviceSeen Of(DeviceView device, ArtefactKind kind, IReadOnlyList<string>? slices = null)
    {
        var isInstall = ArtefactKinds.IsInstall(kind);
        var desired = device.Desired?.Model is { } model && ArtefactKinds.IsInstall(model.Kind) == isInstall ? model : null;
        return new()
        {
            DeviceId = device.DeviceId,
            SiteId = device.SiteId,
            Online = device.Online,
            HasReported = device.Reported is not null,
            ActiveDigest = isInstall && device.Reported is not null
                ? device.Reported.InstallDigest ?? ModelAssignment.SetUp : device.Reported?.ActiveDigest,
            SetUpDigest = isInstall ? ModelAssignment.SetUp : null,
            Hardware = device.Reported?.Hardware,
            BootId = device.Reported?.BootId,
            ResidentBytes = device.Reported?.Counters.ResidentBytes ?? 0,
            Vitals = device.Reported?.Vitals,
            ReportedUs = device.Reported?.TimestampUs ?? 0,
            LastSeen = device.LastSeen,
            Slices = slices ?? [],
            SlotState = device.Reported?.SlotState ?? default,
            Refusal = device.Reported?.Refusal,
            DesiredDigest = desired?.Digest,
            DesiredRolloutId = desired?.RolloutId,
            DesiredIsRestore = desired?.Restore ?? false,
            DesiredAttempt = desired?.Attempt ?? 0,
            IsUpToDate = device.Reported is { } reported && device.Desired is { } known && reported.DesiredVersion >= known.Version,
        };
    }
}

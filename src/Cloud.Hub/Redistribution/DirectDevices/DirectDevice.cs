using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>A device that polls over hawkBit's protocol instead of speaking MQTT. Immutable;
/// <see cref="DirectDeviceRules"/> makes the next one.</summary>
internal sealed record DirectDevice
{
    /// <summary>Numbers its facts, as an agent's outbox does; 0 before the first.</summary>
    public long Epoch { get; init; }

    /// <summary>Of the newest fact.</summary>
    public long Sequence { get; init; }

    public long LastActionId { get; init; }

    /// <summary>The one under way; null: none.</summary>
    public DirectAction? Action { get; init; }

    /// <summary>What the device has shown to run; null: nothing that the registry knows.</summary>
    public string? RunningDigest { get; init; }

    /// <summary>What it ran before.</summary>
    public string? PreviousDigest { get; init; }

    /// <summary>Version of the desired state that is settled: taken, or refused and not tried again.</summary>
    public long SettledVersion { get; init; }

    public SlotState SlotState { get; init; }

    public string? Refusal { get; init; }

    /// <summary>What it says of itself.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init => field = value
        ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>It shall say again what it is and runs.</summary>
    public bool WantsAttributes { get; init; } = true;

    /// <summary>Restarts that it told of.</summary>
    public long Restarts { get; init; }

    /// <summary>Reports since the last restart.</summary>
    public long Reports { get; init; }

    public IReadOnlyList<PendingReport> Pending { get; init => field = value ?? []; } = [];

    public string BootId => $"start-{Restarts}";
}

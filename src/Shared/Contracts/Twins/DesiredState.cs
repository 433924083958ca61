using Hmas.Contracts.Artefacts;

namespace Hmas.Contracts.Twins;

/// <summary>What the hub wants of a device: one retained document, versioned, on an exact topic.</summary>
public sealed record DesiredState
{
    /// <summary>Grows with each change; a device ignores an older one.</summary>
    public required long Version { get; init; }

    public ModelAssignment? Model { get; init; }

    /// <summary>Experience and telemetry density, 1 is the configured one; a tactical agent raises it during an incident.</summary>
    public double SamplingBoost { get; init; } = 1.0;
}

/// <summary>Which artefact a device should run, a model unless it says otherwise, and how it gets there.</summary>
public sealed record ModelAssignment
{
    /// <summary>What the digest names. A device that cannot take this kind refuses it.</summary>
    public ArtefactKind Kind { get; init; }

    /// <summary>In place of a digest, of an install and with <see cref="Restore"/>: what the device was set up with.</summary>
    public const string SetUp = "set-up";

    /// <summary>As the registry names it. What answers on the device is reported under the digest
    /// that brought it: with a bundle, the bundle's.</summary>
    public required string Digest { get; init; }

    public required string Name { get; init; }

    public required long Release { get; init; }

    /// <summary>Size of the whole file.</summary>
    public required long PackageBytes { get; init; }

    /// <summary>Absolute, or relative to the hub's artefact address.</summary>
    public required string Url { get; init; }

    public string? RolloutId { get; init; }

    /// <summary>Windows answered in shadow before the swap; 0: none.</summary>
    public int ShadowWindows { get; init; }

    /// <summary>Windows watched after the swap before the device commits.</summary>
    public int HealthWindows { get; init; } = 50;

    /// <summary>Grows when a person has it tried again on a device that could not get it: a device
    /// does not repeat an assignment that failed.</summary>
    public int Attempt { get; init; }

    /// <summary>True when this takes the fleet back: the release may be smaller than the active one.</summary>
    public bool Restore { get; init; }
}

/// <summary>What a device says of itself: one retained document on an exact topic.</summary>
public sealed record ReportedState
{
    public required long DesiredVersion { get; init; }

    public required string BootId { get; init; }

    public required string AgentVersion { get; init; }

    public required long Session { get; init; }

    /// <summary>The model that answers, or, on a device that is firmware, the image that runs; null: none.</summary>
    public string? ActiveDigest { get; init; }

    /// <summary>What runs beside the model: the digest that brought it; null: what the device was set up with.</summary>
    public string? InstallDigest { get; init; }

    public string? PreviousDigest { get; init; }

    public string? StandbyDigest { get; init; }

    public required Models.SlotState SlotState { get; init; }

    public string? Refusal { get; init; }

    public string? RunId { get; init; }

    public bool Calibrated { get; init; }

    public double SamplingBoost { get; init; } = 1.0;

    /// <summary>What kind of machine it is, an id; null when its settings do not say.</summary>
    public string? Hardware { get; init; }

    /// <summary>What its settings say of it, name to value; rollouts can be aimed by them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init => field = value
        ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Where others of its site may ask it for chunks, <c>http://192.168.7.20:8390/</c>; null: nowhere.</summary>
    public string? Chunks { get; init; }

    public required IReadOnlyList<Sensing.SensorChannel> Channels { get; init; }

    public double RateHz { get; init; }

    public required DeviceCounters Counters { get; init; }

    /// <summary>Null where the machine tells nothing.</summary>
    public DeviceVitals? Vitals { get; init; }

    public required long TimestampUs { get; init; }
}

/// <summary>Totals since the agent's disk state was created, except where said.</summary>
public sealed record DeviceCounters
{
    public long Samples { get; init; }

    public long DroppedSamples { get; init; }

    public long LateSamples { get; init; }

    public long Windows { get; init; }

    public long AlarmWindows { get; init; }

    public long FactsProduced { get; init; }

    public long FactsAcknowledged { get; init; }

    public long FactsEvicted { get; init; }

    /// <summary>Windows handed to the outbox since the program started.</summary>
    public long ExperiencesKept { get; init; }

    public long OutboxBytes { get; init; }

    /// <summary>Now.</summary>
    public long ResidentBytes { get; init; }
}

/// <summary>Retained birth, and the will a broker sends for a device that vanished.</summary>
/// <param name="Session">Grows with every connect; a will of an older session that arrives late is ignored.</param>
public sealed record Presence(bool Online, long Session, string BootId, long TimestampUs);

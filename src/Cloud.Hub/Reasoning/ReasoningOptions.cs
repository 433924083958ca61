using System.ComponentModel.DataAnnotations;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Reasoning;

/// <summary>What the upper agents aim for.</summary>
public sealed class ReasoningOptions : IValidatableObject
{
    public const string Section = "Reasoning";

    /// <summary>Sampling of a site's devices while several are anomalous at once; 1 is what they are configured to.</summary>
    [Range(1.0, 100.0)]
    public double IncidentSamplingBoost { get; set; } = 4;

    /// <summary>Devices that must be anomalous at once before the site's agent calls it an incident.</summary>
    [Range(2, 1_000)]
    public int IncidentDevices { get; set; } = 2;

    /// <summary>The site must have been calm for this long before sampling is lowered again.</summary>
    public TimeSpan CalmBeforeLowering { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A device that has been offline for this long no longer counts as anomalous: what it last said is not about now.</summary>
    public TimeSpan OfflineBeforeSilent { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the agents look whether there is something to decide.</summary>
    public TimeSpan StrategyPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often devices and labels are read again when nobody says that they changed.</summary>
    public TimeSpan IdleLookPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait after a training that failed before the same runs are a reason again; doubled with
    /// each failure after the first, 64 times at most.</summary>
    public TimeSpan RetryTrainingAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Registry name of the model that the fleet's devices run.</summary>
    [Required]
    public string ModelName { get; set; } = "anomaly";

    /// <summary>Machine runs, ended and healthy as far as known, before a first model is trained.</summary>
    [Range(1, 1_000_000)]
    public int RunsForFirstModel { get; set; } = 3;

    /// <summary>Runs, or blocks of runs that go on, with a confirmed fault, new since the last training, before the model is trained again.</summary>
    [Range(1, 1_000_000)]
    public int LabelledRunsForRetraining { get; set; } = 6;

    /// <summary>Runs that no fit may see, by name; <c>*</c> stands for any characters.</summary>
    public IReadOnlyList<string> HeldOutRuns { get; set; } = [];

    public long Seed { get; set; } = 1;

    /// <summary>Gate of the rollouts that the fleet's agent starts.</summary>
    public GatePolicy Gate { get; set; } = new();

    /// <summary>Windows answered in shadow on each device before the swap.</summary>
    [Range(0, 1_000_000)]
    public int ShadowWindows { get; set; } = 50;

    /// <summary>Windows watched by each device after the swap.</summary>
    [Range(0, 1_000_000)]
    public int HealthWindows { get; set; } = 50;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, period) in new[] { (nameof(StrategyPeriod), StrategyPeriod), (nameof(IdleLookPeriod), IdleLookPeriod) })
        {
            if (period <= TimeSpan.Zero || period > TimeSpan.FromDays(1))
                yield return new ValidationResult($"{Section}:{name} {period} must be above 0 and at most a day", [name]);
        }

        foreach (var (name, wait) in new[] { (nameof(CalmBeforeLowering), CalmBeforeLowering), (nameof(OfflineBeforeSilent), OfflineBeforeSilent), (
            nameof(RetryTrainingAfter), RetryTrainingAfter) })
        {
            if (wait < TimeSpan.Zero) yield return new ValidationResult($"{Section}:{name} {wait} is negative", [name]);
        }
    }
}

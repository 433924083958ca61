using System.ComponentModel.DataAnnotations;
using Cloud.Hub.Learning.Plans;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning;

/// <summary>Section <c>Learning</c>.</summary>
internal sealed class LearningOptions : IValidatableObject
{
    public const string Section = "Learning";
    private static readonly string[] ThermalChannels = ["Temperature", "Thermocouple"];

    /// <summary>
    /// Channels a first model does not read; empty: it reads all. Unset: Temperature and Thermocouple,
    /// because slow thermal states encode elapsed time: a model that reads
    /// them learns when a fault came in the recordings, not what it is.
    /// </summary>
    public string[]? ExcludedChannels { get; set; }

    /// <summary>Rows of experience read for one run at most. Default 2 million.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxRows { get; set; } = 2_000_000;

    /// <summary>Workers of one fit; the result does not depend on it. Default 1, so that ingest keeps its core.</summary>
    [Range(1, 64)]
    public int Threads { get; set; } = 1;

    /// <summary>Fits that the hub works itself at a time; 0: all wait for workers elsewhere (<c>hmas-hub work</c>). Default 1.</summary>
    [Range(0, 64)]
    public int LocalWorkers { get; set; } = 1;

    /// <summary>Runs under way at a time; more than one pays when there are workers elsewhere. Default 1.</summary>
    [Range(1, 64)]
    public int ParallelRuns { get; set; } = 1;

    /// <summary>How long a worker may be silent before its fit is given to another, 1 s to 1 h. Default 30 s.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Trainings that start by themselves, by name. Default none.</summary>
    public Dictionary<string, PlanOptions> Plans { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Runs that may wait. Default 32.</summary>
    [Range(1, 10_000)]
    public int MaxQueuedRuns { get; set; } = 32;

    /// <summary>Windows that wait for a name at a time; 0: nobody is asked. Default 50.</summary>
    [Range(0, 1_000)]
    public int MaxLabelQuestions { get; set; } = 50;

    /// <summary>A candidate's pooled F1 may be lower than its parent's by this. Default 0.01.</summary>
    [Range(0.0, 1.0)]
    public double PooledMargin { get; set; } = 0.01;

    /// <summary>The F1 of one held-out run may be lower by this. Default 0.25: a run is one or two anomalies, its F1 moves in steps.</summary>
    [Range(0.0, 1.0)]
    public double SliceLimit { get; set; } = 0.25;

    /// <summary>Held-out runs with fewer rows labelled normal, or fewer labelled anomalous, are judged in the pool only. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int MinSliceRows { get; set; } = 100;

    /// <summary>int8 may lose this much of the area under the curve on the worst held-out run before the float model ships. Default 0.002.</summary>
    [Range(0.0, 1.0)]
    public double Int8Loss { get; set; } = 0.002;

    /// <summary>Where no held-out run is labelled both ways: share of windows that int8 may answer otherwise. Default 0.005.</summary>
    [Range(0.0, 1.0)]
    public double Int8Disagreement { get; set; } = 0.005;

    /// <summary>int8 may take this many times the float model's time on this machine. Default 1.</summary>
    [Range(0.1, 10.0)]
    public double Int8Slowdown { get; set; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromHours(1))
            yield return new ValidationResult($"Lease {Lease} is outside 1 s to 1 h", [nameof(Lease)]);
        foreach (var (name, plan) in Plans)
        {
            if (plan.ModelName.Length == 0 || plan.Recipe.Length == 0)
                yield return new ValidationResult($"Plans:{name} needs ModelName and Recipe", [nameof(Plans)]);
            if (plan.Every < TimeSpan.Zero || plan.Rest < TimeSpan.Zero || plan.NewLabels < 0 || plan.Priority is < 0 or > 9)
                yield return new ValidationResult($"Plans:{name} has a value below zero, or a priority outside 0 to 9", [nameof(Plans)]);
            if (plan.Every == TimeSpan.Zero && plan.NewLabels == 0 && !plan.OnDrift)
                yield return new ValidationResult($"Plans:{name} never starts: give Every, NewLabels or OnDrift", [nameof(Plans)]);
        }
    }

    /// <summary>What <see cref="ExcludedChannels"/> comes to.</summary>
    public IReadOnlyList<string> NotRead => ExcludedChannels ?? ThermalChannels;
}

/// <summary>Generated checks.</summary>
[OptionsValidator]
internal sealed partial class LearningOptionsValidator : IValidateOptions<LearningOptions>;

using System.ComponentModel.DataAnnotations;

namespace Cloud.Hub.Perception;

/// <summary>How the hub looks at uploaded windows.</summary>
public sealed class PerceptionOptions : IValidatableObject
{
    public const string Section = "Perception";

    /// <summary>Registry name of the teacher: its newest release judges; devices never get it.</summary>
    [Required]
    public string TeacherName { get; set; } = "teacher";

    /// <summary>Opinions remembered, newest first.</summary>
    [Range(100, 1_000_000)]
    public int RememberedOpinions { get; set; } = 5_000;

    /// <summary>Machine runs for which calibration rows are held at a time; the longest unseen one goes first.</summary>
    [Range(1, 10_000)]
    public int RememberedRuns { get; set; } = 128;

    /// <summary>How often the registry is asked for a newer teacher when nobody says that there is one.</summary>
    public TimeSpan LookPeriod { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LookPeriod <= TimeSpan.Zero || LookPeriod > TimeSpan.FromDays(1))
            yield return new ValidationResult($"{Section}:LookPeriod {LookPeriod} must be above 0 and at most a day", [nameof(LookPeriod)]);
    }
}

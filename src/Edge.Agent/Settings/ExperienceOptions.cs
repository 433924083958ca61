using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>Which windows are kept as experience. Section <c>experience</c>.</summary>
internal sealed class ExperienceOptions : IValidatableObject
{
    /// <summary>Every how many common windows one is kept; a sampling boost divides it. 1 keeps all. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int RoutineEvery { get; set; } = 20;

    /// <summary>An alarm window is kept every so many alarm windows after the first of a stretch. Default 2.</summary>
    [Range(1, 1_000_000)]
    public int AlarmEvery { get; set; } = 2;

    /// <summary>Score over threshold, or of a classifier the runner-up's probability over the best one's,
    /// from which a window counts as uncertain. Default 0.8.</summary>
    [Range(0.0, 1000.0)]
    public double UncertainFrom { get; set; } = 0.8;

    /// <summary>Score over threshold up to which a window counts as uncertain. Default 1.2.</summary>
    [Range(0.0, 1000.0)]
    public double UncertainTo { get; set; } = 1.2;

    /// <summary>A window is rare when its mean-and-deviation point lies at least this many calibration scales per
    /// channel (root mean square) from every one kept lately. Default 3.</summary>
    [Range(0.0, 1e6)]
    public double RareDistance { get; set; } = 3;

    /// <summary>How many kept windows "lately" means. Default 64.</summary>
    [Range(1, 4096)]
    public int RareMemory { get; set; } = 64;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UncertainFrom > UncertainTo)
            yield return new ValidationResult($"experience:uncertainFrom {UncertainFrom} is above experience:uncertainTo {UncertainTo}");
    }
}

using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>Where samples come from. Section <c>sensor</c>.</summary>
internal sealed class SensorOptions : IValidatableObject
{
    public static IReadOnlyList<string> Kinds { get; } = ["replay", "pump", "motor", "iio", "hwmon"];

    /// <summary>One of <see cref="Kinds"/>; the section of that name holds the rest.</summary>
    [Required(AllowEmptyStrings = true)]    // what it may be is judged below
    public string Kind { get; set; } = "";

    public ReplayOptionsSection? Replay { get; set; }

    public PumpOptionsSection? Pump { get; set; }

    public MotorOptionsSection? Motor { get; set; }

    /// <summary>A device of Linux Industrial I/O.</summary>
    public SysfsOptionsSection? Iio { get; set; }

    /// <summary>A hardware monitoring chip.</summary>
    public SysfsOptionsSection? Hwmon { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Kinds.Contains(Kind)) yield return new ValidationResult($"sensor:kind '{Kind}' is none of {string.Join(", ", Kinds)}");
        foreach (var (kind, section) in Sections())
        {
            // Simulated machines have a default for everything; the others must be told what to read.
            if (Kind == kind && section is null && kind is not ("pump" or "motor"))
                yield return new ValidationResult($"sensor:kind {kind} needs the section sensor:{kind}");
            if (Kind != kind && section is not null) yield return new ValidationResult($"sensor:{kind} stands beside sensor:kind {Kind}");
            if (Kind != kind || section is not IValidatableObject checkable) continue;
            foreach (var problem in checkable.Validate(validationContext))
                yield return new ValidationResult($"sensor:{kind}: {problem.ErrorMessage}");
        }
    }

    private IEnumerable<(string Kind, object? Section)> Sections() =>
        [("replay", Replay), ("pump", Pump), ("motor", Motor), ("iio", Iio), ("hwmon", Hwmon)];
}

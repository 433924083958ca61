using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>One thing the device can act with. List <c>actuators</c>.</summary>
internal sealed class ActuatorOptions : IValidatableObject
{
    public static IReadOnlyList<string> Kinds { get; } = ["log", "file", "gpio", "simulated"];

    /// <summary>What a simulated actuator may turn.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["valve", "motor"];

    /// <summary>What rules call it.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>One of <see cref="Kinds"/>.</summary>
    [Required]
    public string Kind { get; set; } = "";

    /// <summary>Of kind file: appended to.</summary>
    public string? File { get; set; }

    /// <summary>Of kind gpio: number of the chip, N of <c>/dev/gpiochipN</c>; null: the board's first.</summary>
    public int? Chip { get; set; }

    /// <summary>Of kind gpio: offset of the output line on its chip.</summary>
    public int? Line { get; set; }

    /// <summary>Of kind gpio: level of the safe state. Default low.</summary>
    public bool? SafeHigh { get; set; }

    /// <summary>Of kind simulated: one of <see cref="Parts"/> of the simulated pump that is the sensor; null: a setting that turns nothing.</summary>
    public string? Part { get; set; }

    /// <summary>Of kind simulated: setting of the safe state, 0 to 1. Default 1 (open) for a valve, else 0.</summary>
    public float? Safe { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Kinds.Contains(Kind)) yield return new ValidationResult($"actuators: kind '{Kind}' of '{Name}' is none of {string.Join(", ", Kinds)}");
        foreach (var (kind, key, isGiven) in Keys())
        {
            if (isGiven && Kind != kind) yield return new ValidationResult($"actuators: '{Name}' of kind {Kind} takes no {key}");
        }

        if (Kind == "file" && File is null) yield return new ValidationResult($"actuators: '{Name}' of kind file needs file");
        if (Kind == "gpio" && Line is null) yield return new ValidationResult($"actuators: '{Name}' of kind gpio needs line");
        if (Line < 0 || Chip < 0) yield return new ValidationResult($"actuators: line and chip of '{Name}' must not be negative");
        if (Part is not null && !Parts.Contains(Part))
            yield return new ValidationResult($"actuators: part '{Part}' of '{Name}' is none of {string.Join(", ", Parts)}");
        if (Safe is not (null or (>= 0 and <= 1)))
            yield return new ValidationResult(FormattableString.Invariant($"actuators: safe {Safe} of '{Name}' must lie between 0 and 1"));
    }

    private IEnumerable<(string Kind, string Key, bool IsGiven)> Keys() =>
    [
        ("file", "file", File is not null),
        ("gpio", "chip", Chip is not null), ("gpio", "line", Line is not null), ("gpio", "safeHigh", SafeHigh is not null),
        ("simulated", "part", Part is not null), ("simulated", "safe", Safe is not null),
    ];
}

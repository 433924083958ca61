using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>Where samples come from. Section <c>sensor</c>.</summary>
internal sealed class SensorOptions : IValidatableObject
{
    public static IReadOnlyList<string> Kinds { get; } = ["replay", "pump"];

    /// <summary>One of <see cref="Kinds"/>; the section of that name holds the rest.</summary>
    [Required]
    public string Kind { get; set; } = "";

    public ReplayOptionsSection? Replay { get; set; }

    public PumpOptionsSection? Pump { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Kinds.Contains(Kind)) yield return new ValidationResult($"sensor:kind '{Kind}' is none of {string.Join(", ", Kinds)}");
        if (Kind == "replay" && Replay is null) yield return new ValidationResult("sensor:kind replay needs the section sensor:replay");
        if (Kind != "pump" && Pump is not null) yield return new ValidationResult($"sensor:pump stands beside sensor:kind {Kind}");
        if (Kind != "replay" && Replay is not null) yield return new ValidationResult($"sensor:replay stands beside sensor:kind {Kind}");
    }
}

using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>One thing the device can act with. List <c>actuators</c>.</summary>
internal sealed class ActuatorOptions : IValidatableObject
{
    public static IReadOnlyList<string> Kinds { get; } = ["log", "file"];

    /// <summary>What rules call it.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>One of <see cref="Kinds"/>.</summary>
    [Required]
    public string Kind { get; set; } = "";

    /// <summary>Of kind file: appended to.</summary>
    public string? File { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Kinds.Contains(Kind)) yield return new ValidationResult($"actuators: kind '{Kind}' of '{Name}' is none of {string.Join(", ", Kinds)}");
        if (Kind == "file" != File is not null) yield return new ValidationResult($"actuators: '{Name}' of kind {Kind} {(File is null ? "needs" : "takes no")} file");
    }
}

using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>Section <c>log</c>.</summary>
internal sealed class LogOptions : IValidatableObject
{
    private static readonly string[] Formats = ["console", "json"];
    private static readonly string[] Levels = ["debug", "information", "warning", "error"];

    /// <summary><c>console</c> for people, <c>json</c> for machines (compact log event format).</summary>
    public string Format { get; set; } = "console";

    /// <summary><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    public string Level { get; set; } = "information";

    // Not by regular expressions: their engine alone would be a thirtieth of the program.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Formats.Contains(Format)) yield return new ValidationResult($"log:format '{Format}' is none of {string.Join(", ", Formats)}");
        if (!Levels.Contains(Level)) yield return new ValidationResult($"log:level '{Level}' is none of {string.Join(", ", Levels)}");
    }
}

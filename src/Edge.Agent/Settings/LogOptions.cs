using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>Section <c>log</c>.</summary>
internal sealed class LogOptions
{
    /// <summary><c>console</c> for people, <c>json</c> for machines (compact log event format).</summary>
    [RegularExpression("^(console|json)$", ErrorMessage = "log:format must be console or json")]
    public string Format { get; set; } = "console";

    /// <summary><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    [RegularExpression("^(debug|information|warning|error)$", ErrorMessage = "log:level must be debug, information, warning or error")]
    public string Level { get; set; } = "information";
}

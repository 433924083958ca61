using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Feedback;

/// <summary>Section <c>Feedback</c>.</summary>
internal sealed class FeedbackOptions : IValidatableObject
{
    public const string Section = "Feedback";

    /// <summary>How often the archive is asked for what the bus did not tell. Default 10 s.</summary>
    public TimeSpan CatchUpInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Newest stretches of evidence that a late label can still reach, about 150 bytes each. Default 5 million.</summary>
    [Range(1000, 1_000_000_000)]
    public long MaxStretches { get; set; } = 5_000_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CatchUpInterval < TimeSpan.FromMilliseconds(100))
            yield return new ValidationResult($"{Section}:CatchUpInterval {CatchUpInterval} is below 100 ms", [nameof(CatchUpInterval)]);
    }
}

/// <summary>Generated checks.</summary>
[OptionsValidator]
internal sealed partial class FeedbackOptionsValidator : IValidateOptions<FeedbackOptions>;

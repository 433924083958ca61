using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Memory;

/// <summary>Section <c>Memory</c>.</summary>
internal sealed class MemoryOptions : IValidatableObject
{
    public const string Section = "Memory";

    /// <summary>Bytes of archive above which the least valuable experiences go, the oldest first among equals. Default 20 GiB.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long RetentionBytes { get; set; } = 20L << 30;

    /// <summary>How often the bound is looked at. Default 1 min.</summary>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetentionInterval < TimeSpan.FromSeconds(1))
            yield return new ValidationResult($"{Section}:RetentionInterval {RetentionInterval} is below 1 s", [nameof(RetentionInterval)]);
    }
}

/// <summary>Generated checks.</summary>
[OptionsValidator]
internal sealed partial class MemoryOptionsValidator : IValidateOptions<MemoryOptions>;

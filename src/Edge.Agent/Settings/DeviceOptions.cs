using System.ComponentModel.DataAnnotations;
using Hmas.Contracts;

namespace Edge.Agent.Settings;

/// <summary>Who this device is and where it keeps what must survive. Section <c>device</c>.</summary>
internal sealed class DeviceOptions : IValidatableObject
{
    /// <summary>Lower-case letters, digits, hyphens.</summary>
    [Required(AllowEmptyStrings = true)]    // what it may be is judged below
    public string Site { get; set; } = "";

    /// <summary>Unique in the fleet; MQTT client id and user name too.</summary>
    [Required(AllowEmptyStrings = true)]    // what it may be is judged below
    public string Id { get; set; } = "";

    /// <summary>What kind of machine it is, an id; rollouts can be aimed by it.</summary>
    public string? Hardware { get; set; }

    /// <summary>What else rollouts can be aimed by: name to value.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];

    /// <summary>Outbox, model slots and counters. Made when missing.</summary>
    [Required]
    public string StateFolder { get; set; } = "state";

    private const int MaxTags = 32;
    private const int MaxTagLength = 200;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Ids.IsValid(Site))
            yield return new ValidationResult($"device:site '{Site}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
        if (!Ids.IsValid(Id))
            yield return new ValidationResult($"device:id '{Id}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
        if (Hardware is not null && !Ids.IsValid(Hardware))
            yield return new ValidationResult($"device:hardware '{Hardware}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
        if (Tags.Count > MaxTags) yield return new ValidationResult($"device:tags: {Tags.Count} tags, {MaxTags} are allowed");
        foreach (var (name, value) in Tags)
        {
            if (!Ids.IsValid(name))
                yield return new ValidationResult($"device:tags: name '{name}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
            if (value.Length > MaxTagLength)
                yield return new ValidationResult($"device:tags:{name} has {value.Length} characters, {MaxTagLength} are allowed");
        }
    }
}

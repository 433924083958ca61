using System.ComponentModel.DataAnnotations;
using Hmas.Contracts;

namespace Edge.Agent.Settings;

/// <summary>Who this device is and where it keeps what must survive. Section <c>device</c>.</summary>
internal sealed class DeviceOptions : IValidatableObject
{
    /// <summary>Lower-case letters, digits, hyphens.</summary>
    [Required]
    public string Site { get; set; } = "";

    /// <summary>Unique in the fleet; MQTT client id and user name too.</summary>
    [Required]
    public string Id { get; set; } = "";

    /// <summary>Outbox, model slots and counters. Made when missing.</summary>
    [Required]
    public string StateFolder { get; set; } = "state";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Ids.IsValid(Site)) yield return new ValidationResult($"device:site '{Site}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
        if (!Ids.IsValid(Id)) yield return new ValidationResult($"device:id '{Id}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
    }
}

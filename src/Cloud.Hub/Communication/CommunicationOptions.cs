using System.ComponentModel.DataAnnotations;
using Cloud.Hub.Communication.Broker;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Communication;

/// <summary>Section <c>Communication</c>.</summary>
internal sealed class CommunicationOptions : IValidatableObject
{
    public const string Section = "Communication";

    /// <summary><c>mqtts://host[:8883]</c>, or <c>mqtt://host[:1883]</c> on loopback; null: the broker in this process.</summary>
    public Uri? Broker { get; set; }

    /// <summary>The hub's own account at that broker, which may read and write every fleet topic.</summary>
    public string BrokerUserName { get; set; } = "";

    /// <summary>File with its password, mode 0600.</summary>
    public string BrokerPasswordFile { get; set; } = "";

    /// <summary>PEM file of the only authority trusted for it; empty: the machine's own.</summary>
    public string BrokerCaFile { get; set; } = "";

    [ValidateObjectMembers]
    public EmbeddedBrokerOptions Embedded { get; set; } = new();

    /// <summary>Fact batches taken and not yet handed to the archive; when full, the broker is not acknowledged. Default 64.</summary>
    [Range(1, 4096)]
    public int IntakeBatches { get; set; } = 64;

    /// <summary>Fact batches committed together at most. Default 64.</summary>
    [Range(1, 4096)]
    public int GroupBatches { get; set; } = 64;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Broker is { } broker && (!broker.IsAbsoluteUri || broker.Scheme is not ("mqtt" or "mqtts")))
            yield return new ValidationResult($"{Section}:Broker '{broker}' must be mqtt://host[:port] or mqtts://host[:port]", [nameof(Broker)]);
        if (Broker is { IsAbsoluteUri: true, Scheme: "mqtt", IsLoopback: false } open)
            yield return new ValidationResult(
                $"{Section}:Broker {open} would carry every password in the clear; use mqtts:// (BrokerCaFile names its authority), or mqtt:// on loopback", [nameof(Broker)]);
        if (Broker is { IsAbsoluteUri: true, UserInfo.Length: > 0 })
            yield return new ValidationResult(
                $"{Section}:Broker must not carry credentials; use BrokerUserName and BrokerPasswordFile", [nameof(Broker)]);
        if (BrokerPasswordFile.Length > 0 && !File.Exists(BrokerPasswordFile))
            yield return new ValidationResult($"{Section}:BrokerPasswordFile: there is no file {BrokerPasswordFile}", [nameof(BrokerPasswordFile)]);
        if (BrokerCaFile.Length > 0 && !File.Exists(BrokerCaFile))
            yield return new ValidationResult($"{Section}:BrokerCaFile: there is no file {BrokerCaFile}", [nameof(BrokerCaFile)]);
    }
}

/// <summary>Generated checks.</summary>
[OptionsValidator]
internal sealed partial class CommunicationOptionsValidator : IValidateOptions<CommunicationOptions>;

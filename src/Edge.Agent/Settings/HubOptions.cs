using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>The way to the hub. Section <c>hub</c>.</summary>
internal sealed class HubOptions : IValidatableObject
{
    /// <summary><c>mqtts://host:8883</c>, or <c>mqtt://host:1883</c> on loopback; null: the device lives alone.</summary>
    public string? Broker { get; set; }

    /// <summary>Base of relative package addresses, <c>https://host:8900/</c>; plain http on loopback only.</summary>
    public string? Artefacts { get; set; }

    /// <summary>File with the device's password, mode 0600; the user name is the device id.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>PEM file of the only authority trusted for TLS; null: the machine's own.</summary>
    public string? CaFile { get; set; }

    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The first connect waits a random part of this. Default 0.</summary>
    public TimeSpan FirstConnectJitter { get; set; }

    /// <summary>Shortest wait before a reconnect, grown with full jitter. Default 1 s.</summary>
    public TimeSpan ReconnectFrom { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a reconnect. Default 90 s.</summary>
    public TimeSpan ReconnectTo { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Facts in one message at most. Default 128.</summary>
    [Range(1, 256)]
    public int BatchFacts { get; set; } = 128;

    /// <summary>A smaller batch waits this long for more facts. Default 1 s.</summary>
    public TimeSpan BatchDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Facts on their way at most. Default 896, below the 900 at which overloaded brokers were seen to lose nothing.</summary>
    [Range(1, 100_000)]
    public int WindowFacts { get; set; } = 896;

    /// <summary>Without an acknowledgement for so long everything outstanding is sent again. Default 10 s.</summary>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two telemetry batches; 0: no telemetry. Default 0.5 s.</summary>
    public TimeSpan TelemetryInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Points in a telemetry batch at most; the newest are kept. Default 32.</summary>
    [Range(1, 1000)]
    public int TelemetryPoints { get; set; } = 32;

    /// <summary>The reported state is published at least this often. Default 30 s.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        Uri? broker = null;
        if (Broker is not null && !(Uri.TryCreate(Broker, UriKind.Absolute, out broker) && broker.Scheme is "mqtt" or "mqtts"))
            yield return new ValidationResult($"hub:broker '{Broker}' must be mqtt://host[:port] or mqtts://host[:port]");
        else if (Broker is not null && broker is { Scheme: "mqtt", IsLoopback: false })
            yield return new ValidationResult(
                $"hub:broker '{Broker}' would send the device's password in the clear; use mqtts://, or mqtt:// on loopback");
        if (Artefacts is not null && !IsAllowed(Artefacts))
            yield return new ValidationResult($"hub:artefacts '{Artefacts}' must be https://, or http:// on loopback");
        if (Broker is null && (PasswordFile ?? Artefacts ?? CaFile) is not null)
            yield return new ValidationResult("hub:passwordFile, hub:artefacts and hub:caFile need hub:broker");
        if (ReconnectFrom <= TimeSpan.Zero || ReconnectFrom > ReconnectTo)
            yield return new ValidationResult($"hub:reconnectFrom {ReconnectFrom} must be above 0 and at most hub:reconnectTo {ReconnectTo}");
        if (BatchFacts > WindowFacts) yield return new ValidationResult($"hub:batchFacts {BatchFacts} is above hub:windowFacts {WindowFacts}");
        if (BatchDelay < TimeSpan.Zero || ResendAfter <= TimeSpan.Zero || TelemetryInterval < TimeSpan.Zero || ReportInterval <= TimeSpan.Zero
            || FirstConnectJitter < TimeSpan.Zero)
            yield return new ValidationResult("hub: a duration is negative, or hub:resendAfter or hub:reportInterval is 0");
    }

    private static bool IsAllowed(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}

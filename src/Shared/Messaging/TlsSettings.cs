namespace Hmas.Messaging;

/// <summary>How a <c>mqtts://</c> connection knows its broker, and the broker its client. Certificates are PEM files.</summary>
public sealed record TlsSettings
{
    /// <summary>The only authority that is trusted; null: the machine's own.</summary>
    public string? CaFile { get; init; }

    /// <summary>Set together with <see cref="ClientKeyFile"/>.</summary>
    public string? ClientCertificateFile { get; init; }

    public string? ClientKeyFile { get; init; }

    /// <summary>The name the broker's certificate must bear; null: the host of the address.</summary>
    public string? ServerName { get; init; }
}

namespace Cloud.Hub.Host;

/// <summary>PEM files of the certificate that every listener shows.</summary>
public sealed class TlsOptions
{
    /// <summary>Certificate, chain after it.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Private key, unencrypted; mode 0600.</summary>
    public string KeyFile { get; set; } = "";

    internal bool IsConfigured => CertificateFile.Length > 0 && KeyFile.Length > 0;
}

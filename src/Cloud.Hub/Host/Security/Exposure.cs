using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cloud.Hub.Host.Security;

/// <summary>Refuses to serve other machines in the clear.</summary>
internal static class Exposure
{
    /// <summary>The certificate to serve; null on loopback without one.</summary>
    /// <exception cref="HubStartException">Not on loopback and no certificate, or one that cannot be read: the message says what to do.</exception>
    public static X509Certificate2? Require(HubOptions options)
    {
        if (options.Tls.IsConfigured) return Load(options.Tls);
        if (options.Tls.CertificateFile.Length + options.Tls.KeyFile.Length > 0)
        {
            throw new HubStartException("tls: certificateFile and keyFile belong together; one of them is missing");
        }

        if (IPAddress.IsLoopback(options.BindAddress())) return null;
        throw new HubStartException(
            $"bind: {options.Bind} can be reached from other machines, so the hub wants TLS: set tls.certificateFile and tls.keyFile (PEM), or bind 127.0.0.1");
    }

    private static X509Certificate2 Load(TlsOptions tls)
    {
        foreach (var path in (ReadOnlySpan<string>)[tls.CertificateFile, tls.KeyFile])
        {
            if (!File.Exists(path)) throw new HubStartException($"tls: there is no file {path}");
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile);
        }
        catch (CryptographicException e)
        {
            throw new HubStartException($"tls: {tls.CertificateFile} with {tls.KeyFile} is no certificate with its key: {e.Message}", e);
        }
    }
}

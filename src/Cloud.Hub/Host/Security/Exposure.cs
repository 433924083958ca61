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

    /// <summary>Between processes on one machine the kernel keeps secrets; between machines only TLS does.</summary>
    /// <exception cref="HubStartException">Other silos, or services elsewhere, would be spoken to in
    /// the clear: the message says what to set.</exception>
    public static void RequireSecretLines(HubOptions options)
    {
        if (options.Cluster.CaFile.Length > 0)
        {
            if (!options.Tls.IsConfigured)
                throw new HubStartException(
                    "cluster.caFile: silos show each other the hub's own certificate, so set tls.certificateFile and tls.keyFile too");
            if (!File.Exists(options.Cluster.CaFile)) throw new HubStartException($"cluster.caFile: there is no file {options.Cluster.CaFile}");
        }
        else if (options.Cluster.Redis.Length > 0 && !IPAddress.IsLoopback(options.Cluster.AdvertisedAddress()))
        {
            throw new HubStartException(
                $"cluster.advertise: {options.Cluster.Advertise} can be reached from other machines and a silo asks nobody who they are, so silos want TLS: "
                + "set tls.certificateFile, tls.keyFile and cluster.caFile (PEM), or advertise 127.0.0.1");
        }

        foreach (var (service, address) in options.Remotes)
        {
            if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
                throw new HubStartException($"remotes.{service}: '{address}' must be https://host:port, or http:// on loopback");
            if (address.Scheme == "http" && !address.IsLoopback)
                throw new HubStartException(
                    $"remotes.{service}: {address} would send the operator token in the clear; use https:// (the other hub needs tls.certificateFile and tls.keyFile)");
        }
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

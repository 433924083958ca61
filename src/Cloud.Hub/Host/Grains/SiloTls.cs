using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Cloud.Hub.Host.Grains;

/// <summary>TLS both ways between silos: each shows the hub's certificate and takes those of one authority only.</summary>
/// <remarks>Without it a silo does as it is told by whoever reaches its port. Names are not compared: silos are found by
/// address in the cluster's table, and the authority is theirs alone.</remarks>
internal static class SiloTls
{
    /// <param name="own">With its private key.</param>
    /// <param name="caFile">PEM file of the authority.</param>
    public static Action<Orleans.Connections.Security.TlsOptions> Between(X509Certificate2 own, string caFile)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(caFile);
        return tls =>
        {
            tls.LocalCertificate = own;
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (certificate, offered, _) => EndsIn(authority, certificate, offered);
            tls.OnAuthenticateAsClient = static (_, client) => client.TargetHost = "silo";
        };
    }

    private static bool EndsIn(X509Certificate2Collection authority, X509Certificate2? certificate, X509Chain? offered)
    {
        if (certificate is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in offered?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace Hmas.Messaging;

/// <summary>Whom TLS trusts: the name must match, and the chain must end in the named authority.</summary>
public static class TlsTrust
{
    /// <summary>For HTTP: this authority and no other.</summary>
    /// <param name="caFile">PEM.</param>
    /// <exception cref="IOException">It is missing; the message names it.</exception>
    public static SslClientAuthenticationOptions ClientOptions(string caFile)
    {
        var authorities = Authorities(caFile);
        return new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (
            _, certificate, chain, errors) => EndsIn(authorities, certificate, chain, errors) };
    }

    /// <summary>Turns <see cref="TlsSettings"/> into the MQTT client's options.</summary>
    /// <exception cref="IOException">A file is missing; the message names it.</exception>
    internal static void Apply(MqttClientTlsOptionsBuilder tls, FleetClientSettings settings)
    {
        tls.UseTls().WithTargetHost(settings.Tls.ServerName ?? settings.Broker.Host);
        // A site's own authority publishes no revocation list; short-lived certificates and the broker's access list revoke.
        tls.WithRevocationMode(X509RevocationMode.NoCheck);
        if (settings.Tls.CaFile is { } caFile)
        {
            var authorities = Authorities(caFile);
            tls.WithCertificateValidationHandler(args => EndsIn(authorities, args.Certificate, args.Chain, args.SslPolicyErrors));
        }

        if (settings.Tls.ClientCertificateFile is { } certificateFile)
            tls.WithClientCertificates([X509Certificate2.CreateFromPemFile(certificateFile, settings.Tls.ClientKeyFile)]);
    }

    private static X509Certificate2Collection Authorities(string caFile)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(caFile);
        return authorities;
    }

    private static bool EndsIn(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? offered, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & (SslPolicyErrors.RemoteCertificateNotAvailable | SslPolicyErrors.RemoteCertificateNameMismatch)) != 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in offered?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var leaf = new X509Certificate2(certificate);
        return chain.Build(leaf);
    }
}

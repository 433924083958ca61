using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cloud.Hub.Host.Grains;
using Hmas.Testing;
using Microsoft.Extensions.Hosting;

namespace Cloud.Hub.Tests.Host.Grains;

/// <summary>Who may speak to a silo: the settings as the hub gives them to Orleans, tried from outside.</summary>
public sealed class SiloTlsTests : IDisposable
{
    private readonly TestAuthority _cluster = new();
    private readonly TestAuthority _stranger = new();

    public void Dispose()
    {
        _cluster.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_silo_speaks_only_to_those_with_a_certificate_of_the_clusters_authority()
    {
        var (certificateFile, keyFile) = _cluster.Issue("hub.test");
        using var own = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var port = FreePorts.One();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, port, gatewayPort: 0);
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port));
            silo.UseTls(SiloTls.Between(own, _cluster.CaFile));
        });
        using var host = builder.Build();
        await host.StartAsync();
        try
        {
            Assert.True(await IsHeardAsync(port, _cluster.Issue("other-hub")));
            Assert.False(await IsHeardAsync(port, _stranger.Issue("stranger")));
            Assert.False(await IsHeardAsync(port, null));
        }
        finally
        {
            await host.StopAsync();
        }
    }

    /// <summary>Whether the silo goes on after the handshake: with TLS 1.3 a server refuses a
    /// client's certificate only then, by hanging up.</summary>
    private static async Task<bool> IsHeardAsync(int port, (string CertificateFile, string KeyFile)? shown)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(
            client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Issuer == "CN=test authority");
        var options = new SslClientAuthenticationOptions { TargetHost = "silo" };
        if (shown is { } files)
        {
            using var ephemeral = X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile);
            options.ClientCertificates = [X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null)];
        }

        try
        {
            await tls.AuthenticateAsClientAsync(options);
            // A silo says who it is as soon as a line stands.
            return await tls.ReadAsync(new byte[1]) > 0;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }
}

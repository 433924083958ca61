using System.Globalization;

namespace Hmas.Testing;

/// <summary>Debian's Mosquitto with its own settings and no persistence between tests.</summary>
public sealed class MosquittoFixture : ProcessBrokerFixture
{
    public const string Program = "/usr/sbin/mosquitto";

    /// <summary>PEM files of the authority, the broker's certificate and its key; null: no TLS. Clients
    /// must then show a certificate of that authority.</summary>
    public (string CaFile, string CertificateFile, string KeyFile)? Tls { get; init; }

    public int TlsPort { get; init; }

    /// <summary>Writes its whole state after every change, which costs more than the work itself.</summary>
    public bool SurvivesKills { get; init; } = true;

    public Uri TlsAddress => new(string.Create(CultureInfo.InvariantCulture, $"mqtts://127.0.0.1:{TlsPort}"));

    protected override Task LaunchAsync()
    {
        var settings = Path.Combine(Folder.Path, "mosquitto.conf");
        // As root it drops to a user that could not write the temp folder.
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            user {Environment.UserName}
            {Persistence()}
            {TlsListener()}
            """));
        Launch(Program, ["-c", settings], []);
        return Task.CompletedTask;
    }

    /// <summary>autosave 1: a kill -9 loses nothing that was retained.</summary>
    private string Persistence() => !SurvivesKills ? "persistence false" : $"""
        persistence true
        persistence_location {Folder.Path}/
        autosave_interval 1
        autosave_on_changes true
        """;

    private string TlsListener() => Tls is not { } tls ? "" : string.Create(CultureInfo.InvariantCulture, $"""
        listener {TlsPort} 127.0.0.1
        cafile {tls.CaFile}
        certfile {tls.CertificateFile}
        keyfile {tls.KeyFile}
        require_certificate true
        """);
}

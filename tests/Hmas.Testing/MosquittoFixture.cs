using System.Globalization;

namespace Hmas.Testing;

/// <summary>Debian's Mosquitto with its own settings and no persistence between tests.</summary>
public sealed class MosquittoFixture : ProcessBrokerFixture
{
    public const string Program = "/usr/sbin/mosquitto";

    protected override Task LaunchAsync()
    {
        var settings = Path.Combine(Folder.Path, "mosquitto.conf");
        // As root it drops to a user that could not write the temp folder. autosave 1: a kill -9 loses nothing that was retained.
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            user {Environment.UserName}
            persistence true
            persistence_location {Folder.Path}/
            autosave_interval 1
            autosave_on_changes true
            """));
        Launch(Program, ["-c", settings], []);
        return Task.CompletedTask;
    }
}

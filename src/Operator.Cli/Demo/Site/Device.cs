using System.Globalization;
using Hmas.Contracts.Facts;
using Operator.Cli.Demo.Scoring;

namespace Operator.Cli.Demo.Site;

/// <summary>One simulated device of the site: its agent's folder, its playlist of recordings, what it decided.</summary>
internal sealed class Device
{
    /// <summary>Event time between two recordings: more than the agent's longest gap within a run.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly string _playlist;
    private readonly DecisionLog _decisions;
    private readonly List<PlayedRun> _runs = [];
    private long _nextStartUs;

    public Device(string siteId, string id, string folder, long startUs)
    {
        SiteId = siteId;
        Id = id;
        Folder = folder;
        StartUs = startUs;
        _nextStartUs = startUs;
        _playlist = Path.Combine(folder, "playlist");
        Directory.CreateDirectory(_playlist);
        _decisions = new DecisionLog(DecisionLogFile);
    }

    public string SiteId { get; }

    public string Id { get; }

    public string Folder { get; }

    /// <summary>Event time at which the first recording is laid.</summary>
    public long StartUs { get; }

    public string SettingsFile => Path.Combine(Folder, "agent.yaml");

    public string DecisionLogFile => Path.Combine(Folder, "decisions.csv");

    public string StatusSocket => Path.Combine(Folder, "agent.sock");

    public ChildProcess? Agent { get; set; }

    public IReadOnlyList<PlayedRun> Runs => _runs;

    /// <summary>Puts a recording at the end of the playlist; the agent plays it as soon as it is through with the one before.</summary>
    public PlayedRun Play(Recording recording, string purpose)
    {
        var runId = string.Create(CultureInfo.InvariantCulture, $"{_runs.Count:000}-{purpose}-{recording.Name}");
        var run = new PlayedRun(this, runId, recording, _nextStartUs);
        // Made under another name first: the agent must never see half a file.
        var link = Path.Combine(_playlist, runId + ".csv");
        File.CreateSymbolicLink(link, Path.GetFullPath(recording.File));
        _runs.Add(run);
        _nextStartUs += (recording.Duration + Pause).Ticks / TimeSpan.TicksPerMicrosecond;
        return run;
    }

    /// <summary>The alarms of a run, one per row of its recording, and the digest that gave them.</summary>
    public (bool[] Alarms, int Answered, string? Digest) Decisions(PlayedRun run)
    {
        var (byTime, digest) = _decisions.Read(run.RunId);
        var alarms = new bool[run.Recording.Rows];
        var answered = 0;
        for (var row = 0; row < alarms.Length; row++)
        {
            if (!byTime.TryGetValue(run.Recording.RowUs(row, run.StartUs), out var alarm)) continue;
            alarms[row] = alarm;
            answered++;
        }

        return (alarms, answered, digest);
    }

    /// <summary>What the agent is started with.</summary>
    public void WriteSettings(AgentConnection connection, double speed) => File.WriteAllText(SettingsFile, string.Create(CultureInfo.InvariantCulture, $"""
        # Written by the demo.
        site: {SiteId}
        device: {Id}
        dataFolder: {Folder}/data
        broker:
          address: {connection.Broker}
          password: {connection.Password}
        """));
}

/// <param name="StartUs">Event time of the recording's first row on this device.</param>
internal sealed record PlayedRun(Device Device, string RunId, Recording Recording, long StartUs)
{
    public IReadOnlyList<OutcomeLabel> Labels() => Recording.Labels(Device.Id, RunId, StartUs);
}

/// <param name="Broker">Address with scheme and port.</param>
/// <param name="Artefacts">Address of the hub's artefact endpoint.</param>
/// <param name="TrustedKey">Public key file of the registry.</param>
internal sealed record AgentConnection(string Broker, string Artefacts, string Password, string TrustedKey);

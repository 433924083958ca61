using System.Globalization;
using Hmas.Contracts.Facts;
using Operator.Cli.Demo.Scoring;

namespace Operator.Cli.Demo.Site;

/// <summary>One device of the site: its agent's folder, the recordings it plays, what it decided.</summary>
internal sealed class Device
{
    /// <summary>Event time between two recordings, on top of one sampling period.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly string _playlist;
    private readonly DecisionLog _decisions;
    private readonly List<PlayedRun> _runs = [];
    private readonly double _speed;
    private readonly TimeProvider _time;
    private long _nextStartUs;

    /// <param name="id">Id in the fleet.</param>
    /// <param name="folder">For everything the device keeps.</param>
    /// <param name="startUs">Event time at which its first recording is laid.</param>
    /// <param name="speed">Event time over real time.</param>
    /// <param name="time">Real time.</param>
    public Device(string id, string folder, long startUs, double speed, TimeProvider time)
    {
        Id = id;
        Folder = folder;
        StartUs = startUs;
        _speed = speed;
        _time = time;
        BusyUntil = time.GetUtcNow();
        _nextStartUs = startUs;
        _playlist = Path.Combine(folder, "playlist");
        Directory.CreateDirectory(_playlist);
        _decisions = new DecisionLog(DecisionLogFile);
    }

    public string Id { get; }

    public string Folder { get; }

    /// <summary>Event time at which the first recording is laid.</summary>
    public long StartUs { get; }

    public string Playlist => _playlist;

    public string DecisionLogFile => Path.Combine(Folder, "decisions.csv");

    /// <summary>When the playlist should be through, by the recordings' lengths and the speed.</summary>
    public DateTimeOffset BusyUntil { get; private set; }

    /// <summary>Puts a recording at the end of the playlist; the agent plays it as soon as it is through with the one before.</summary>
    /// <param name="purpose">Stands in the run's name: what the run is for.</param>
    public PlayedRun Play(Recording recording, string purpose)
    {
        var runId = string.Create(CultureInfo.InvariantCulture, $"{Id}-{_runs.Count:000}-{purpose}-{recording.Name}");
        var run = new PlayedRun(this, runId, recording, _nextStartUs);
        File.CreateSymbolicLink(Path.Combine(_playlist, runId + ".csv"), Path.GetFullPath(recording.File));
        _runs.Add(run);
        var now = _time.GetUtcNow();
        BusyUntil = (BusyUntil > now ? BusyUntil : now) + ((recording.Duration + Pause + Period) / _speed);
        run.ExpectedEnd = BusyUntil;
        _nextStartUs += (recording.Duration + Pause + Period).Ticks / TimeSpan.TicksPerMicrosecond;
        return run;
    }

    /// <summary>The alarms of a run, one per row of its recording, and the digest that gave them.</summary>
    public RunDecisions Decisions(PlayedRun run)
    {
        var (byTime, digest) = _decisions.Read(run.RunId);
        bool?[] answers = [.. Enumerable.Range(0, run.Recording.Rows).Select(row =>
            byTime.TryGetValue(run.Recording.RowUs(row, run.StartUs), out var isAlarm) ? isAlarm : (bool?)null)];
        return new RunDecisions(answers, digest);
    }
}

/// <param name="StartUs">Event time of the recording's first row on this device.</param>
internal sealed record PlayedRun(Device Device, string RunId, Recording Recording, long StartUs)
{
    public DateTimeOffset ExpectedEnd { get; set; }

    public IReadOnlyList<OutcomeLabel> Labels() => Recording.Labels(Device.Id, RunId, StartUs);
}

/// <param name="Answers">One per row: whether it alarmed; null where the device gave no answer.</param>
/// <param name="Digest">Model of the last answer.</param>
internal sealed record RunDecisions(IReadOnlyList<bool?> Answers, string? Digest)
{
    /// <summary>One per row; no answer is no alarm.</summary>
    public bool[] Alarms => [.. Answers.Select(static answer => answer == true)];

    /// <summary>Rows with an answer.</summary>
    public int Answered => Answers.Count(static answer => answer is not null);

    /// <summary>The last row was answered.</summary>
    public bool HasEnded => Answers[^1] is not null;
}

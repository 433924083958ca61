using System.Text.Json;
using System.Text.Json.Serialization;
using Operator.Cli.Demo.Scoring;

namespace Operator.Cli.Demo.Report;

/// <summary>What the demo found, as <c>demo-report.json</c>.</summary>
internal sealed record DemoReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>True only if every check holds.</summary>
    public required bool Ok { get; init; }

    public required string Data { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<DemoCheck> Checks { get; init; }

    public required IReadOnlyList<DeviceResult> Devices { get; init; }

    /// <summary>All devices' unseen recordings, counts pooled.</summary>
    public required ScorePair Pooled { get; init; }

    public required ExperienceCounts Experiences { get; init; }

    public required IReadOnlyList<RoundResult> Rounds { get; init; }

    public BadModelResult? BadModel { get; init; }

    /// <summary>What each of the hub's services did in this run, in a sentence.</summary>
    public required IReadOnlyDictionary<string, string> Services { get; init; }

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
}

internal sealed record DemoCheck(string Name, bool Holds, string Seen);

internal sealed record ScorePair(ScoreResult Before, ScoreResult After);

internal sealed record DeviceResult
{
    public required string Id { get; init; }

    /// <summary>The recording that judges this device.</summary>
    public required string Recording { get; init; }

    public required ScoreResult Before { get; init; }

    public required ScoreResult After { get; init; }

    public required string? DigestBefore { get; init; }

    public required string? DigestAfter { get; init; }

    public required double ResidentMb { get; init; }

    public required double? SwapMs { get; init; }
}

/// <param name="F1">0 to 1.</param>
/// <param name="Far">False alarm rate, 0 to 1.</param>
/// <param name="Mar">Missed alarm rate, 0 to 1.</param>
internal sealed record ScoreResult(double F1, double Far, double Mar)
{
    public static ScoreResult From(OutlierScore score) => new(Round(score.F1), Round(score.FalseAlarmRate), Round(score.MissedAlarmRate));

    private static double Round(double value) => Math.Round(value, 4);
}

/// <summary>Facts numbered by the devices against facts in the archive.</summary>
internal sealed record ExperienceCounts(long Produced, long Stored, long Lost, long Duplicated);

internal sealed record RoundResult
{
    public required string Digest { get; init; }

    public required string Recipe { get; init; }

    public required string Precision { get; init; }

    public required int TrainingWindows { get; init; }

    public required string State { get; init; }

    /// <summary>Hub's held-out test, pooled; null where it had no labels.</summary>
    public double? HeldOutF1 { get; init; }

    public double? ParentHeldOutF1 { get; init; }

    public string? RolloutState { get; init; }
}

internal sealed record BadModelResult(string Digest, int DevicesTouched, int DevicesRestored, double RestoreSeconds, string? StoppedBy);

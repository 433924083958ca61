using System.Text.Json;
using System.Text.Json.Serialization;
using Hmas.Contracts.Models;

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

    /// <summary>Windows that devices kept, against those in the archive.</summary>
    public required ItemCounts Experiences { get; init; }

    /// <summary>The same of everything that devices numbered: experiences, alarms, actions, reports, evidence, runs.</summary>
    public required ItemCounts Facts { get; init; }

    public required IReadOnlyList<RoundResult> Rounds { get; init; }

    public BadModelResult? BadModel { get; init; }

    /// <summary>What each of the hub's services was seen doing in this run.</summary>
    public required IReadOnlyDictionary<string, ServiceFact> Services { get; init; }

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
}

internal sealed record DemoCheck(string Name, bool Holds, string Seen);

/// <param name="Seen">How many things of its kind were observed; 0: the service did nothing that shows.</param>
/// <param name="Did">For people.</param>
internal sealed record ServiceFact(long Seen, string Did);

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

    /// <summary>What happened, row by row, on a device whose F1 fell; null where it did not.</summary>
    public string? Worse { get; init; }
}

/// <param name="F1">0 to 1; each null where there was nothing to count.</param>
/// <param name="Far">False alarm rate, 0 to 1.</param>
/// <param name="Mar">Missed alarm rate, 0 to 1.</param>
internal sealed record ScoreResult(double? F1, double? Far, double? Mar)
{
    public static ScoreResult From(Confusion counts)
    {
        var metrics = counts.ToMetrics();
        return new ScoreResult(Round(metrics.F1), Round(metrics.FalseAlarmRate), Round(metrics.MissedAlarmRate));
    }

    private static double? Round(double? value) => value is { } known ? Math.Round(known, 4) : null;
}

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

    /// <summary>What the hub said when the run ended: the gate's verdict, and what it could not tell.</summary>
    public string? Message { get; init; }

    public string? RolloutState { get; init; }
}

internal sealed record BadModelResult(string Digest, int DevicesTouched, int DevicesRestored, double RestoreSeconds, string? StoppedBy);

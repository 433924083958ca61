using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>Windows whose truth is known: those of a healthy machine (alarmed, quiet), and those of a faulty one (caught, missed).</summary>
internal readonly record struct TruthCounts(long FalseAlarms, long Quiet, long Caught = 0, long Missed = 0)
{
    [JsonIgnore]
    public long Normal => FalseAlarms + Quiet;

    [JsonIgnore]
    public long Labelled => Normal + Caught + Missed;

    [JsonIgnore]
    public long Wrong => FalseAlarms + Missed;

    public static TruthCounts operator -(TruthCounts one, TruthCounts other) =>
        new(one.FalseAlarms - other.FalseAlarms, one.Quiet - other.Quiet, one.Caught - other.Caught, one.Missed - other.Missed);

    public static TruthCounts operator +(TruthCounts one, TruthCounts other) =>
        new(one.FalseAlarms + other.FalseAlarms, one.Quiet + other.Quiet, one.Caught + other.Caught, one.Missed + other.Missed);

    /// <summary>False after a label was taken back: then nothing new can be told from these counts.</summary>
    [JsonIgnore]
    public bool IsMore => this is { FalseAlarms: >= 0, Quiet: >= 0, Caught: >= 0, Missed: >= 0 } && Labelled > 0;
}

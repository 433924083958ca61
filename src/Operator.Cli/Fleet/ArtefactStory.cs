using System.Globalization;
using Hmas.Contracts.Artefacts;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary>One artefact, told to a person.</summary>
internal static class ArtefactStory
{
    public static void Print(ArtefactAnswer artefact) => Tables.Print(["", ""], Rows(artefact));

    public static void Print(ArtefactDetailsAnswer details)
    {
        var rows = Rows(details.Entry);
        rows.Add(["signed", details.IsSigned ? "yes" : "waiting for signatures (hmas keys sign)"]);
        rows.Add(["licence", details.Licence ?? "-"]);
        if (details.CondemnedAt is { } since) rows.Add(["needed", $"by nothing since {Words.Time(since)}"]);
        foreach (var approval in details.Approvals)
            rows.Add(["approved", $"by {approval.Who}, {Words.Time(approval.At)}{(approval.Note.Length > 0 ? $": {approval.Note}" : "")}"]);
        foreach (var part in details.Parts ?? []) rows.Add(["part", $"{ArtefactKinds.Word(part.Kind)} {part.Name} {part.Release}, {part.Digest}"]);
        if (details.Lineage is { } lineage)
        {
            rows.Add(["parent", lineage.ParentDigest ?? "-"]);
            rows.Add(["training run", $"{lineage.RunId}, seed {lineage.Seed}, code {lineage.CodeVersion}"]);
            foreach (var data in lineage.DataDigests) rows.Add(["data", data]);
        }

        if (details.Model is { } model)
        {
            rows.Add(
                ["opset",
                    string.Join(
                        ", ", model.Opsets.Select(static opset => opset.Domain.Length > 0
                            ? $"{opset.Domain} {opset.Version}" : opset.Version.ToString(CultureInfo.InvariantCulture)))]);
            rows.Add(["operators", string.Join(", ", model.Operators.Select(static pair => $"{pair.Key} {pair.Value}"))]);
            rows.Add(["latency on the hub", $"{model.HubLatencyUs.ToString("0.0", CultureInfo.InvariantCulture)} µs"]);
        }

        Tables.Print(["", ""], rows);
        if (details.Metrics is { Count: > 0 } metrics)
            Tables.Print(
                ["slice", "rows", "F1", "false alarms", "missed"],
                metrics.Select(static pair => (string[])[
                    pair.Key, pair.Value.Rows.ToString(CultureInfo.InvariantCulture), Words.Score(pair.Value.F1),
                    Words.Share(pair.Value.FalseAlarmRate), Words.Share(pair.Value.MissedAlarmRate)]));
    }

    private static List<string[]> Rows(ArtefactAnswer artefact) =>
    [
        ["artefact", $"{ArtefactKinds.Word(artefact.Kind)} {artefact.Name} {artefact.Release}"],
        ["digest", artefact.Digest],
        ["target", artefact.TargetPath],
        ["bytes", artefact.Bytes.ToString(CultureInfo.InvariantCulture)],
        ["hardware", string.Join(", ", artefact.HardwareClasses)],
        ["added", $"{Words.Time(artefact.AddedAt)} by {artefact.AddedBy}"],
        ["state", artefact.Quarantined ? "quarantined" : "free: it may be rolled out"],
    ];
}

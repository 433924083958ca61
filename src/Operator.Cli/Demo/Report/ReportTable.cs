using System.Globalization;
using Operator.Cli.Terminal;

namespace Operator.Cli.Demo.Report;

/// <summary>The report as people read it at the end of the demo.</summary>
internal static class ReportTable
{
    public static void Print(DemoReport report, string file)
    {
        Console.WriteLine("Recordings that no training round saw:");
        Tables.Print(
            ["device", "recording", "F1 before", "F1 after", "FAR before", "FAR after", "MAR before", "MAR after", "swap ms", "MB"],
            [.. report.Devices.Select(static device => Row(
                device.Id, device.Recording, device.Before, device.After, device.SwapMs, device.ResidentMb)),
                Row("all", "", report.Pooled.Before, report.Pooled.After, null, null)]);
        foreach (var worse in report.Devices.Select(static device => device.Worse).OfType<string>()) Tables.Say(worse);
        Tables.Say(
            $"experiences: {report.Experiences.Produced} produced, {report.Experiences.Stored} stored, {report.Experiences.Lost} lost, {report.Experiences.Duplicated} duplicated (all facts: {report.Facts.Produced}, {report.Facts.Stored}, {report.Facts.Lost}, {report.Facts.Duplicated})");
        foreach (var round in report.Rounds)
            Tables.Say(
                $"round: {round.Recipe}, {round.Precision}, {round.TrainingWindows} windows, held-out F1 {Share(round.ParentHeldOutF1)} to {Share(round.HeldOutF1)}, rollout {round.RolloutState}; the hub: {Verdict(round.Message)}");
        if (report.BadModel is { } bad)
            Tables.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"bad model: {bad.DevicesTouched} touched, {bad.DevicesRestored} restored in {bad.RestoreSeconds:0.0} s, stopped by {bad.StoppedBy}"));
        foreach (var (service, fact) in report.Services) Tables.Say($"{service}: {fact.Did}");
        foreach (var check in report.Checks)
            Tables.Say($"{(check.Holds ? "ok  " : "FAIL")} {check.Name}: {check.Seen}");
        Tables.Say(
            $"{(report.Ok ? "The loop closed" : "The loop did not close")} in {report.Seconds.ToString("0", CultureInfo.InvariantCulture)} s on {report.Data}. Report: {file}");
    }

    private static string[] Row(string device, string recording, ScoreResult before, ScoreResult after, double? swapMs, double? megabytes) =>
    [
        device, recording, Share(before.F1), Share(after.F1), Share(before.Far), Share(after.Far), Share(before.Mar), Share(after.Mar),
        Number(swapMs), Number(megabytes),
    ];

    /// <summary>Without the details of quantization, which <c>hmas learn show</c> tells.</summary>
    private static string Verdict(string? message) => message is null ? "nothing" : string.Join(
        ';', message.Split(';').TakeWhile(static part => !part.Contains(" ships ", StringComparison.Ordinal)));

    private static string Share(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    private static string Number(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}

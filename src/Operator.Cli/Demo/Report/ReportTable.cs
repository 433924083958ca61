using System.Globalization;
using Spectre.Console;

namespace Operator.Cli.Demo.Report;

/// <summary>The report as people read it at the end of the demo.</summary>
internal static class ReportTable
{
    /// <summary>Columns of a table that goes into a file, where no terminal wraps it.</summary>
    private const int FileWidth = 120;

    public static void Print(DemoReport report, string file)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = FileWidth;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        var table = new Table().Border(TableBorder.Rounded).Title("Recordings that no training round saw");
        foreach (var column in new[] { "device", "recording", "F1 before", "F1 after", "FAR before", "FAR after", "MAR before", "MAR after", "swap ms", "MB" })
            table.AddColumn(new TableColumn(column).NoWrap());
        foreach (var device in report.Devices)
            table.AddRow(device.Id, device.Recording, Share(device.Before.F1), Share(device.After.F1), Share(device.Before.Far), Share(device.After.Far), Share(device.Before.Mar), Share(device.After.Mar), Number(device.SwapMs), Number(device.ResidentMb));
        table.AddRow("all", "", Share(report.Pooled.Before.F1), Share(report.Pooled.After.F1), Share(report.Pooled.Before.Far), Share(report.Pooled.After.Far), Share(report.Pooled.Before.Mar), Share(report.Pooled.After.Mar), "", "");
        AnsiConsole.Write(table);

        Console.WriteLine($"experiences: {report.Experiences.Produced} produced, {report.Experiences.Stored} stored, {report.Experiences.Lost} lost, {report.Experiences.Duplicated} duplicated (all facts: {report.Facts.Produced}, {report.Facts.Stored}, {report.Facts.Lost}, {report.Facts.Duplicated})");
        foreach (var round in report.Rounds)
            Console.WriteLine($"round: {round.Recipe}, {round.Precision}, {round.TrainingWindows} windows, held-out F1 {Share(round.ParentHeldOutF1)} to {Share(round.HeldOutF1)}, rollout {round.RolloutState}");
        if (report.BadModel is { } bad)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bad model: {bad.DevicesTouched} touched, {bad.DevicesRestored} restored in {bad.RestoreSeconds:0.0} s, stopped by {bad.StoppedBy}"));
        foreach (var (service, fact) in report.Services) Console.WriteLine($"{service}: {fact.Did}");
        foreach (var check in report.Checks)
            Console.WriteLine($"{(check.Holds ? "ok  " : "FAIL")} {check.Name}: {check.Seen}");
        Console.WriteLine($"{(report.Ok ? "The loop closed" : "The loop did not close")} in {report.Seconds.ToString("0", CultureInfo.InvariantCulture)} s on {report.Data}. Report: {file}");
    }

    private static string Share(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    private static string Number(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}

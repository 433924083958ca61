using System.CommandLine;
using System.Globalization;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas alarms</c>: what devices raised, and the answer of a person, which is a label that the fleet learns from.</summary>
internal static class AlarmsCommand
{
    private const int MostReasons = 3;

    public static Command Create()
    {
        var hub = new HubConnection();
        var all = new Option<bool>("--all") { Description = "Also those that were answered" };
        var limit = new Option<int>(
            "--limit") { HelpName = "number", Description = "So many at most, 1 to 10000", DefaultValueFactory = static _ => 100 };
        var command = hub.AddTo(
            new Command("alarms", "Alarms that nobody has answered, newest first. Times are those of the device that raised it") {
                all, limit, Acknowledge() });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var alarms = await api.AlarmsAsync(!parsed.GetValue(all), parsed.GetValue(limit), cancellation);
            Tables.Print(
                ["alarm", "site", "severity", "raised", "lasted", "rule", "score", "threshold", "answer", "by", "why"], alarms.Select(Row),
                parsed.GetValue(all) ? "no alarm was ever raised" : "no open alarm; ./hmas alarms --all shows those that were answered");
            if (alarms.Any(static alarm => alarm.Label is null))
                Tables.Say("Answer one: ./hmas alarms acknowledge ALARM normal|anomaly|FAULT");
            return 0;
        }));
        return command;
    }

    private static Command Acknowledge()
    {
        var hub = new HubConnection();
        var id = hub.Complete(
            new Argument<string>("alarm") { Description = "From hmas alarms" },
            static async (api, cancellation) => (await api.AlarmsAsync(openOnly: true, 1_000, cancellation)).Select(static alarm => alarm.AlarmId));
        var label = new Argument<string>("label")
        {
            HelpName = "label", Description = "normal: it was false; anomaly: it was right; or the name of the fault, such as leak",
        };
        label.CompletionSources.Add("normal", "anomaly");
        var command = hub.AddTo(
            new Command("acknowledge", "Answers an alarm; the answer becomes a label: hmas alarms acknowledge ALARM leak") { id, label });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            await api.AcknowledgeAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(label), cancellation);
            Console.WriteLine($"{parsed.GetRequiredValue(id)} is {parsed.GetRequiredValue(label)}");
            return 0;
        }));
        return command;
    }

    private static string[] Row(AlarmAnswer alarm) =>
    [
        alarm.AlarmId, alarm.SiteId, alarm.Raised.Severity, Words.Time(alarm.At),
        alarm.EndedUs is { } end ? Words.Span(TimeSpan.FromMicroseconds(end - alarm.Raised.TimestampUs)) : "still raised", alarm.Raised.RuleId,
        Number(alarm.Raised.Score), Number(alarm.Raised.Threshold), alarm.Label ?? "-", alarm.AcknowledgedBy ?? "-",
        string.Join("; ", alarm.Raised.Reasons.Take(MostReasons)),
    ];

    private static string Number(float? number) => number?.ToString("0.###", CultureInfo.InvariantCulture) ?? "-";
}

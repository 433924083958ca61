using System.CommandLine;
using System.Globalization;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas fleet</c>: the hub at a glance, as the dashboard has it.</summary>
internal static class FleetCommand
{
    public static Command Create()
    {
        var hub = new HubConnection();
        var command = hub.AddTo(
            new Command("fleet", "The fleet at a glance: sites, models in use, open alarms, the loop, and what somebody must do soon"));
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var seen = await api.OverviewAsync(cancellation);
            Tables.Print(
                ["site", "devices", "online", "anomalous", "sampling", "incident"], seen.Sites.Select(Row),
                "no device yet: ./hmas devices enrol SITE DEVICE");
            if (seen.Models.Count > 0) Tables.Say($"answering: {string.Join(", ", seen.Models.Select(Model))}");
            Tables.Say($"{Words.Count(seen.OpenAlarms, "open alarm")}{(seen.OpenAlarms > 0 ? ": ./hmas alarms" : "")}");
            Tables.Say(
                $"archive: {Words.Count(seen.Archive.Experiences, "experience")} among {Words.Count(seen.Archive.Facts, "fact")}, "
                + $"{Words.Size(seen.Archive.Bytes)}; {seen.Archive.Gaps} missing, {seen.Archive.Evicted} given up on devices");
            Tables.Print(["stage", "state", "last"], seen.Loop.Select(static stage => (string[])[stage.Stage, stage.State, stage.Detail.Length > 0 ? stage.Detail : "-"]));
            foreach (var role in await api.TrustAsync(cancellation))
            {
                if (role.Warning is { } warning) Tables.Say($"TO DO: {warning}");
            }

            return 0;
        }));
        return command;
    }

    private static string[] Row(SiteAnswer site) =>
    [
        site.SiteId, Number(site.Devices), Number(site.Online), Number(site.Anomalous),
        string.Create(CultureInfo.InvariantCulture, $"×{site.SamplingBoost:0.##}"), site.Incident ?? "-",
    ];

    private static string Model(ModelInUseAnswer model) =>
        $"{(model.Name is null ? Words.Digest(model.Digest) : $"{model.Name} {model.Release}")} on {Words.Count(model.Devices, "device")}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

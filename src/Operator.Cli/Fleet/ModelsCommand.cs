using System.CommandLine;
using Hmas.Contracts.Models;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas models</c>: what the registry holds.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var hub = new HubConnection();
        var command = hub.AddTo(
            new Command("models", "Every registered model with its scores on held-out recordings, newest first") { Quarantine() });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var models = await api.ModelsAsync(cancellation);
            Tables.Print(["model", "digest", "precision", "package", "F1", "false alarms", "state", "added", "by"], models.Select(Row),
                "no model yet: the fleet's agent trains a first one from three recordings, 20 minutes of a machine each; sooner: ./hmas learn start NAME RECIPE");
            return 0;
        }));
        return command;
    }

    private static Command Quarantine()
    {
        var hub = new HubConnection();
        var model = hub.Complete(
            new Argument<string>("model") { Description = "NAME (its newest release), NAME:RELEASE, or the digest's first letters" },
            ModelNamesAsync);
        var reason = new Option<string>("--reason") { HelpName = "text", Description = "Why, for those who find it there later", Required = true };
        var command = hub.AddTo(new Command("quarantine", "Nobody gets the model again, and rollouts of it go back; for good") { model, reason });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var digest = RolloutStart.Digest(parsed.GetRequiredValue(model), await api.ModelsAsync(cancellation));
            await api.QuarantineAsync(digest, parsed.GetRequiredValue(reason), cancellation);
            Console.WriteLine($"{Words.Digest(digest)} is in quarantine");
            return 0;
        }));
        return command;
    }

    /// <summary>Name and release by digest.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> NamesAsync(HubApi api, CancellationToken cancellation) =>
        (await api.ModelsAsync(cancellation)).ToDictionary(
            static model => model.Digest, static model => $"{model.Manifest.Name} {model.Manifest.Release}", StringComparer.Ordinal);

    /// <summary>What may stand where a model is asked for.</summary>
    internal static async Task<IEnumerable<string>> ModelNamesAsync(HubApi api, CancellationToken cancellation) =>
        (await api.ModelsAsync(cancellation)).SelectMany(static model => (string[])[
            model.Manifest.Name, $"{model.Manifest.Name}:{model.Manifest.Release}"]).Distinct();

    private static string[] Row(ModelAnswer model)
    {
        var scores = model.Manifest.Metrics.GetValueOrDefault("all") ?? new SliceMetrics(0, 0, null, null, null);
        return
        [
            $"{model.Manifest.Name} {model.Manifest.Release}", Words.Digest(model.Digest), model.Manifest.Precision, Words.Size(model.PackageBytes),
            Words.Score(scores.F1),
            Words.Share(scores.FalseAlarmRate), Words.State(model.Quarantined), Words.Time(model.AddedAt), model.AddedBy,
        ];
    }
}

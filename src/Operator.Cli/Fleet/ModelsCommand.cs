using System.CommandLine;
using Hmas.Contracts.Models;
using Operator.Cli.Hub;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas models</c>: what the registry holds.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var hub = new HubConnection();
        var command = hub.AddTo(new Command("models", "Every registered model with its scores on held-out recordings, newest first"));
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var models = await api.ModelsAsync(cancellation);
            Tables.Print(["model", "digest", "precision", "package", "F1", "false alarms", "added", "by", ""], models.Select(Row));
            return 0;
        }));
        return command;
    }

    private static string[] Row(ModelAnswer model)
    {
        var scores = model.Manifest.Metrics.GetValueOrDefault("all") ?? new SliceMetrics(0, 0, null, null, null);
        return
        [
            $"{model.Manifest.Name} {model.Manifest.Release}", Words.Digest(model.Digest), model.Manifest.Precision, Words.Size(model.PackageBytes), Words.Score(scores.F1),
            Words.Share(scores.FalseAlarmRate), Words.Time(model.AddedAt), model.AddedBy, model.Quarantined ? "quarantined" : "",
        ];
    }
}

using System.CommandLine;
using System.Globalization;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas learn runs|show|start|cancel|watch</c>: training runs from a terminal.</summary>
internal static class TrainingCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create() =>
        new("learn", "Training runs: list, look at, start, stop, follow") { Runs(), Show(), Start(), Cancel(), Watch() };

    private static Command Runs()
    {
        var hub = new HubConnection();
        var command = hub.AddTo(new Command("runs", "Training runs, newest first"));
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var runs = await api.TrainingAsync(cancellation);
            Tables.Print(
                ["run", "state", "model", "recipe", "windows", "F1", "parent's", "by", "message"],
                runs.Select(static run => (string[])
                [
                    run.RunId, run.HasEnded ? run.State : string.Create(CultureInfo.InvariantCulture, $"{run.State} {100 * run.Progress:0} %"),
                    run.Request.ModelName, run.Request.Recipe,
                    run.TrainingWindows.ToString(CultureInfo.InvariantCulture), Words.Score(run.CandidateMetrics?.GetValueOrDefault("all")?.F1),
                    Words.Score(run.ParentMetrics?.GetValueOrDefault("all")?.F1), run.Request.RequestedBy, Words.Short(run.Message),
                ]),
                "no training run yet: ./hmas learn start NAME RECIPE (./hmas learn list names the recipes)");
            return 0;
        }));
        return command;
    }

    private static Command Show()
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var picture = new Option<FileInfo?>("--picture") { HelpName = "file", Description = "Writes the curves here, as SVG" };
        var command = hub.AddTo(new Command("show", "Everything a run keeps: data, settings, curves, slices, verdict") { id, picture });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var run = await api.TrainingRunAsync(parsed.GetRequiredValue(id), cancellation);
            TrainingStory.Print(run);
            if (parsed.GetValue(picture) is not { } file) return 0;
            if (run.Picture is null) throw new HubRefusal($"run {run.RunId} is {run.State}: it has no curves yet");
            await File.WriteAllTextAsync(file.FullName, run.Picture, cancellation);
            Console.WriteLine(file.FullName);
            return 0;
        }));
        return command;
    }

    private static Command Start()
    {
        var hub = new HubConnection();
        var model = new Argument<string>("model") { Description = "Model name; its next release is made" };
        var recipe = new Argument<string>("recipe") { Description = "One of hmas learn list" };
        var parent = new Option<string?>("--parent") { HelpName = "digest", Description = "Digest of the model that the candidate must be better than" };
        var priority = new Option<int>("--priority") { HelpName = "number", Description = "0 to 9, the higher goes first", DefaultValueFactory = static _ => 5 };
        var seed = new Option<long>("--seed") { HelpName = "number", Description = "Of first values and draws", DefaultValueFactory = static _ => 1 };
        var transfer = new Option<int?>(
            "--transfer") { HelpName = "layers", Description = "Start from the parent's values; so many layers from the input on stay as they are" };
        var search = new Option<int?>("--search") { HelpName = "trials", Description = "Make no model: look for better hyperparameters in so many trials" };
        var federated = new FederatedOptions();
        var command = hub.AddTo(
            federated.AddTo(new Command("start", "Queues a run and prints its id") { model, recipe, parent, priority, seed, transfer, search }));
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var started = await api.StartTrainingAsync(
                new
                {
                    ModelName = parsed.GetRequiredValue(model),
                    Recipe = parsed.GetRequiredValue(recipe),
                    ParentDigest = parsed.GetValue(parent),
                    Priority = parsed.GetValue(priority),
                    Seed = parsed.GetValue(seed),
                    Transfer = parsed.GetValue(transfer) is { } frozen ? new { FrozenLayers = frozen, BodyRate = 1.0 } : null,
                    Search = parsed.GetValue(search) is { } trials ? new { Trials = trials } : null,
                    Federated = federated.Read(parsed),
                    RequestedBy = Environment.UserName,
                },
                cancellation);
            Console.WriteLine(started.RunId);
            await Console.Error.WriteLineAsync($"follow it: ./hmas learn watch {started.RunId}");
            return 0;
        }));
        return command;
    }

    private static Command Cancel()
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var command = hub.AddTo(new Command("cancel", "Stops a run that has not ended") { id });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            await api.CancelTrainingAsync(parsed.GetRequiredValue(id), cancellation);
            Console.WriteLine($"{parsed.GetRequiredValue(id)} is being cancelled");
            return 0;
        }));
        return command;
    }

    private static Command Watch()
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var command = hub.AddTo(
            new Command("watch", "Follow a run to its end; exit code 0 when its model was registered, or its search ended") { id });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var told = "";
            while (true)
            {
                var run = await api.TrainingRunAsync(parsed.GetRequiredValue(id), cancellation);
                var line = string.Create(CultureInfo.InvariantCulture, $"{100 * run.Progress,3:0} %  {run.State}: {run.Message}");
                if (line != told) Console.WriteLine(told = line);
                if (run.HasEnded) return run.State is "registered" or "searched" ? 0 : 1;
                await Task.Delay(Look, TimeProvider.System, cancellation);
            }
        }));
        return command;
    }

    private static Argument<string> Id(HubConnection hub) => hub.Complete(
        new Argument<string>("run") { Description = "Its id, from hmas learn runs" },
        static async (api, cancellation) => (await api.TrainingAsync(cancellation)).Select(static run => run.RunId));
}

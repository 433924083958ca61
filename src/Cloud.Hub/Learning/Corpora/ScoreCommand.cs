using System.CommandLine;
using Cloud.Hub.Learning.Corpora.Gas;
using Cloud.Hub.Learning.Corpora.Hapt;
using Cloud.Hub.Learning.Corpora.Nab;
using Cloud.Hub.Learning.Corpora.Occupancy;
using Cloud.Hub.Learning.Corpora.Skab;

namespace Cloud.Hub.Learning.Corpora;

/// <summary><c>hmas-hub score SET</c>: how good the recipes are on public recordings, run as a device runs them.</summary>
internal static class ScoreCommand
{
    public static readonly ICorpus[] Sets = [new OccupancyCorpus(), new GasCorpus(), new HaptCorpus(), new NabCorpus(), new SkabCorpus()];

    public static Command Create()
    {
        var command = new Command("score", "Trains on public recordings, runs the int8 model as a device would, and writes predictions and scores");
        foreach (var set in Sets) command.Subcommands.Add(Of(set));
        return command;
    }

    private static Command Of(ICorpus set)
    {
        var data = new Option<string?>(
            "--data") { HelpName = "folder", Description =
                $"Folder of the files to score [default: the training folder, and each file is left out of the training for it]" };
        var train = CorpusFolder.TrainOption(set);
        var output = new Option<string>("--out") { Description = "Folder that receives the predictions", HelpName = "folder", Required = true };
        var command = new Command(set.Name, set.About) { data, train, output };
        command.SetAction((parsed, cancellation) =>
        {
            var known = CorpusFolder.Of(set, parsed.GetValue(train));
            return Task.FromResult(
                Run(set, new ScoreRequest(parsed.GetValue(data) ?? known, known, parsed.GetRequiredValue(output), Console.Out), cancellation));
        });
        return command;
    }

    private static int Run(ICorpus set, ScoreRequest request, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(request.Out);
            set.Score(request, cancellation);
            return 0;
        }
        catch (Exception e) when (e is CorpusException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"hmas-hub: {e.Message}");
            return 1;
        }
    }
}

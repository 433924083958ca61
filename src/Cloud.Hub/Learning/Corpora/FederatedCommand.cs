using System.CommandLine;
using System.Globalization;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Pictures;

namespace Cloud.Hub.Learning.Corpora;

/// <summary><c>hmas-hub learn federated SET</c>: what rounds over devices whose windows stay with them are
/// worth, and what one poisoned device in ten does to them.</summary>
internal static class FederatedCommand
{
    public static Command Create(IEnumerable<ITunableCorpus> sets)
    {
        var command = new Command(
            "federated",
            "What federated rounds are worth when every person or machine keeps its windows, honest and with one poisoned device in ten");
        foreach (var set in sets) command.Subcommands.Add(Of(set));
        return command;
    }

    private static Command Of(ITunableCorpus set)
    {
        var train = CorpusFolder.TrainOption(set);
        var output = new Option<string>("--out") { HelpName = "folder", Description = "Folder that receives federated.svg", Required = true };
        var rounds = new Option<int>("--rounds") { HelpName = "number", Description = "Rounds of each way", DefaultValueFactory = _ => 20 };
        var command = new Command(set.Name, $"On {set.Name}") { train, output, rounds };
        command.SetAction((parsed, cancellation) => CorpusFolder.RunAsync(() =>
        {
            Directory.CreateDirectory(parsed.GetRequiredValue(output));
            var recordings = set.TrainingRecordings(CorpusFolder.Of(set, parsed.GetValue(train)));
            var curves = FederatedTrial.Run(set.Recipe, recordings, parsed.GetValue(rounds), Console.Out, cancellation);
            Print(curves, Console.Out);
            var file = Path.Combine(parsed.GetRequiredValue(output), "federated.svg");
            // Without a bound one poisoned device ruins everything at once: that stands in the table, and would flatten the picture.
            var shown = curves.Where(curve => curve.Way.Server.MaxNorm < float.MaxValue).Select(curve => (curve.Way.Name, Points(curve.Accuracy)));
            File.WriteAllText(file, CurveChart.Draw("On groups that no device holds", "round", "right answers, %", [.. shown]));
            Console.Out.WriteLine($"picture: {file}");
        }));
        return command;
    }

    private static IReadOnlyList<(double X, double Y)> Points(IReadOnlyList<double> accuracy) =>
        [.. accuracy.Select((value, round) => ((double)round, 100 * value))];

    private static void Print(IReadOnlyList<(FederatedWay Way, IReadOnlyList<double> Accuracy)> curves, TextWriter report)
    {
        report.WriteLine("| way | before | round 1 | round 5 | last round |\n|---|---|---|---|---|");
        foreach (var (way, accuracy) in curves)
        {
            report.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {way.Name} | {100 * accuracy[0]:0.00} % | {100 * accuracy[Math.Min(1, accuracy.Count - 1)]:0.00} % | {100 * accuracy[Math.Min(5, accuracy.Count - 1)]:0.00} % | {100 * accuracy[^1]:0.00} % |"));
        }
    }
}

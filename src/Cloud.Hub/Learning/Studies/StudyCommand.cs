using System.CommandLine;
using System.Globalization;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Pictures;

namespace Cloud.Hub.Learning.Studies;

/// <summary><c>hmas-hub learn transfer|active|continual SET</c>: what a way of learning is worth on
/// recordings: a table, and its curves as a picture.</summary>
internal static class StudyCommand
{
    public static IEnumerable<Command> Create(IReadOnlyList<ITunableCorpus> sets) =>
    [
        Of("transfer", "What starting from a parent is worth: 1, 5 and 20 % of the data of people or batches never seen", sets, TransferStudy.Run),
        Of("active", "What choosing the windows to label is worth, against drawing them at random", sets, ActiveStudy.Run),
        Of("continual", "Ten rounds of learning unattended, with and without replay and the gate that lets no slice get worse", sets,
            ContinualStudy.Run),
    ];

    private static Command Of(
        string name, string description, IReadOnlyList<ITunableCorpus> sets,
        Func<ITunableCorpus, StudyData, TextWriter, CancellationToken, StudyResult> study)
    {
        var command = new Command(name, description);
        foreach (var set in sets)
        {
            var data = new Option<string?>(
                "--data") { HelpName = "folder", Description = $"Folder of the recordings [default: $HMAS_DATA or ../shared/data, below it {set.Folder}]" };
            var output = new Option<string>("--out") { HelpName = "folder", Description = "Folder that receives the picture", Required = true };
            var one = new Command(set.Name, $"On {set.Name}") { data, output };
            one.SetAction((parsed, cancellation) => CorpusFolder.RunAsync(() =>
            {
                var recordings = set.TrainingRecordings(CorpusFolder.Of(set, parsed.GetValue(data)));
                var folder = Directory.CreateDirectory(parsed.GetRequiredValue(output)).FullName;
                var result = study(set, StudyData.Of(set, recordings), Console.Out, cancellation);
                Print(result, Console.Out);
                var picture = Path.Combine(folder, $"{name}-{set.Name}.svg");
                File.WriteAllText(picture, CurveChart.Draw(result.Title, result.XName, "right answers, %", result.Curves));
                Console.Out.WriteLine(picture);
            }));
            command.Subcommands.Add(one);
        }

        return command;
    }

    private static void Print(StudyResult result, TextWriter report)
    {
        var places = result.Curves.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order().ToList();
        report.WriteLine($"| {result.XName} | {string.Join(" | ", places.Select(x => x.ToString("0.##", CultureInfo.InvariantCulture)))} |");
        report.WriteLine($"|---|{string.Concat(places.Select(_ => "---|"))}");
        foreach (var (name, points) in result.Curves)
        {
            var cells = places.Select(x => points.Where(point => point.X == x).Select(point => point.Y.ToString("0.0", CultureInfo.InvariantCulture))
                .FirstOrDefault(""));
            report.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
        }
    }
}

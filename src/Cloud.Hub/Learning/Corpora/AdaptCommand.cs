using System.CommandLine;
using System.Globalization;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Corpora.Skab;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.MetaLearning;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora;

/// <summary><c>hmas-hub learn adapt SET</c>: what a few labelled windows of a person or machine never seen are
/// worth, from a joint fit and from start values learnt for it.</summary>
internal static class AdaptCommand
{
    private const int Folds = 5;

    /// <summary>Nobody labels more of a new device.</summary>
    private const int MaxWindows = 50;

    private static readonly bool[] RecordedThenCopies = [false, true];

    public static Command Create(IEnumerable<ITunableCorpus> sets)
    {
        var command = new Command(
            "adapt", "What a few labelled windows of a new person or machine are worth: left out of the fit, adapted from at most 50 windows, judged on its other windows");
        foreach (var set in sets)
        {
            command.Subcommands.Add(Of(set, "Labelled windows of the new one", (folder, windows, cancellation) => Run(
                set, set.TrainingRecordings(folder), windows, Console.Out, cancellation)));
        }

        command.Subcommands.Add(Of(new SkabCorpus(), "First windows of the new one, healthy and without labels", static (folder, windows, cancellation) =>
            SkabAdaptation.Run(folder, windows, Console.Out, cancellation)));
        return command;
    }

    /// <param name="what">The windows, for people.</param>
    /// <param name="run">Takes the folder of recordings and how many windows.</param>
    private static Command Of(ICorpus set, string what, Action<string, int, CancellationToken> run)
    {
        var train = CorpusFolder.TrainOption(set);
        var windows = new Option<int>("--windows")
        {
            HelpName = "number",
            Description = $"{what}, 1 to {MaxWindows}", DefaultValueFactory = static _ => MaxWindows,
        };
        windows.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxWindows) result.AddError($"--windows must be 1 to {MaxWindows}");
        });
        var command = new Command(set.Name, $"On {set.Name}") { train, windows };
        command.SetAction((parsed, cancellation) => CorpusFolder.RunAsync(() => run(
            CorpusFolder.Of(set, parsed.GetValue(train)), parsed.GetValue(windows), cancellation)));
        return command;
    }

    private static void Run(
        ITunableCorpus set, IReadOnlyList<TaskRecording> recordings, int windows, TextWriter report, CancellationToken cancellation)
    {
        FewShotSettings[] methods =
            [.. new[] { MetaMethod.Maml, MetaMethod.FirstOrderMaml, MetaMethod.Reptile, MetaMethod.Anil }.Select(method =>
                new FewShotSettings { Method = method, MaxWindows = windows })];
        var table = new SortedDictionary<(string Method, bool IsCopy), ClassScore>();
        void Count(string method, bool isCopy, ClassScore score)
        {
            if (!table.TryGetValue((method, isCopy), out var sum)) table.Add((method, isCopy), sum = new ClassScore(set.Recipe.Classes.Count));
            sum.Add(score);
        }

        var groups = recordings.Select(recording => recording.Group).Distinct().Order(StringComparer.Ordinal).ToList();
        for (var fold = 0; fold < Math.Min(Folds, groups.Count); fold++)
        {
            var left = groups.Where((_, i) => i % Folds == fold).ToHashSet();
            var fitted = recordings.Where(recording => !left.Contains(recording.Group)).ToList();
            var standardisation = ClassTrainer.Standardise(set.Recipe, [.. fitted.SelectMany(recording => recording.Samples)]);
            List<(float[] Features, int Class)> Scaled(TaskRecording recording) =>
                ClassTrainer.Scale(recording.Samples, standardisation).ConvertAll(sample => (sample.Features, sample.Class));
            using var network = ClassTrainer.FitNetwork(
                set.Recipe, ClassTrainer.Scale(fitted.SelectMany(recording => recording.Samples), standardisation), cancellation);
            var sizes = FewShotLearner.SizesOf(network);
            var joint = network.Values.ToArray();
            var tasks = new GroupTasks([.. fitted.Select(Scaled)], set.Recipe.Classes.Count);
            var learners = methods
                .Select(method =>
                    ($"learnt start, {method.Method}",
                        new FewShotLearner(sizes, FewShotLearner.LearnStart(sizes, joint, tasks, method, cancellation), method)))
                .Prepend(("joint fit, all layers move", new FewShotLearner(sizes, joint, methods[0])))
                .Prepend(("joint fit, head moves", new FewShotLearner(sizes, joint, methods[^1]))).ToList();
            foreach (var recording in recordings.Where(recording => left.Contains(recording.Group)))
            {
                var samples = Scaled(recording);
                var chosen = LabelChoice.Choose(samples.ConvertAll(sample => sample.Features), windows).ToHashSet();
                List<(float[] Features, int Class)> support = [.. chosen.Order().Select(i => samples[i])];
                List<(float[] Features, int Class)> judged = [.. samples.Where((_, i) => !chosen.Contains(i))];
                Count("joint fit, not adapted", recording.IsCopy, Judge(network, joint, judged));
                foreach (var (name, learner) in learners) Count(name, recording.IsCopy, Judge(network, learner.Adapt(support), judged));
            }

            foreach (var (_, learner) in learners) learner.Dispose();
            report.WriteLine($"left out: {string.Join(", ", left.Order(StringComparer.Ordinal))}");
        }

        report.WriteLine(
            $"| {windows} windows of the new one | as recorded: accuracy | macro F1 | turned copies: accuracy | macro F1 |\n|---|---|---|---|---|");
        foreach (var method in table.Keys.Select(key => key.Method).Distinct())
        {
            var cells = RecordedThenCopies.Select(isCopy => table.TryGetValue((method, isCopy), out var score)
                ? string.Create(CultureInfo.InvariantCulture, $" {100 * score.Accuracy:0.00} % | {score.MacroF1:0.0000} |") : " | |");
            report.WriteLine($"| {method} |{string.Concat(cells)}");
        }
    }

    private static ClassScore Judge(Network network, float[] values, IEnumerable<(float[] Features, int Class)> samples)
    {
        network.Load(values);
        var operations = OperationBuilder.Build(network);
        var score = new ClassScore(network.Output.Count);
        foreach (var (features, label) in samples) score.Add(label, ClassTrainer.Answer(operations, features));
        return score;
    }
}

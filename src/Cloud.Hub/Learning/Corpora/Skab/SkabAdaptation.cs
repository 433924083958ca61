using System.Globalization;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.MetaLearning;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>What the first healthy windows of a machine never seen are worth to the fleet's detector: as a calibration, which every device makes
/// by itself, and as gradient steps, from a joint fit and from a start learnt for it.</summary>
internal static class SkabAdaptation
{
    private const int Folds = 6;
    private const ulong Seed = 1;

    private static readonly int Channels = SkabFolder.Channels.Count;

    /// <param name="folder">Labelled files.</param>
    /// <param name="windows">First windows that the new machine adapts from.</param>
    /// <exception cref="CorpusException">A file cannot be read or carries no truth.</exception>
    public static void Run(string folder, int windows, TextWriter report, CancellationToken cancellation)
    {
        var files = SkabFolder.Read(folder);
        var totals = new SortedDictionary<int, (string Way, Confusion Counts)>();
        for (var fold = 0; fold < Math.Min(Folds, files.Count); fold++)
        {
            var left = files.Where((_, i) => i % Folds == fold).ToList();
            Fold([.. files.Except(left)], left, windows, totals, cancellation);
            report.WriteLine($"left out: {string.Join(", ", left.Select(file => file.Key))}");
        }

        report.WriteLine("| a new machine begins with | F1 | false alarms | missed |\n|---|---|---|---|");
        foreach (var (way, counts) in totals.Values)
        {
            var metrics = counts.ToMetrics();
            report.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {way} | {metrics.F1:0.000} | {100 * metrics.FalseAlarmRate:0.0} % | {100 * metrics.MissedAlarmRate:0.0} % |"));
        }
    }

    private static void Fold(
        IReadOnlyList<SkabFile> known, IReadOnlyList<SkabFile> left, int windows, SortedDictionary<int, (string Way, Confusion Counts)> totals,
        CancellationToken cancellation)
    {
        var recipe = LearningRecipes.Find("anomaly-logit");
        var cutter = new SkabWindows(recipe);
        var firstRows = recipe.Window.Length + windows - 1;
        using var network = new Network(cutter.Shape, recipe.Layers(cutter.Shape), Seed);
        var cut = known.ToDictionary(file => file.Key, Cut);
        var sets = new TrainingSets(recipe, cutter.Shape, cut.Values.SelectMany(static some => some), validation: []);
        var settings = recipe.Settings with { Epochs = recipe.Epochs, Seed = Seed };
        new Trainer(network, recipe.Loss(), settings).Run(sets.Fresh, null, null, null, null, null, cancellation);
        var joint = network.Values.ToArray();
        var start = new DetectorStart(recipe, network);
        var learnt = start.Learn(joint, [.. known.Select(file => (First(file), TruthPool.Of(recipe, cut[file.Key])))], Seed, cancellation);
        // As many rows of healthy running as one device has, of all machines known: what a device would be given that fits nothing itself.
        float[] fleet = [.. known.SelectMany((file, i) => Enumerable.Range(0, SkabFile.CalibrationRows).Where(row => row % known.Count == i)
            .SelectMany(row => file.Rows.AsSpan(row * Channels, Channels).ToArray()))];
        foreach (var file in left)
        {
            var first = First(file);
            var few = file.Rows[..(firstRows * Channels)];
            var all = file.Rows[..(SkabFile.CalibrationRows * Channels)];
            (string Way, float[] Values, float[] Calibration)[] ways =
            [
                ("the fleet's calibration, nothing of its own", joint, fleet),
                ($"a calibration on its first {windows} windows", joint, few),
                ("that, and ten steps on these windows from the joint fit", start.Adapt(joint, first, cancellation), few),
                ("that, and ten steps on these windows from a learnt start", start.Adapt(learnt, first, cancellation), few),
                ($"a calibration on {SkabFile.CalibrationRows} rows (what a device does)", joint, all),
            ];
            for (var i = 0; i < ways.Length; i++)
            {
                network.Load(ways[i].Values);
                totals[i] = (ways[i].Way, totals.GetValueOrDefault(i).Counts + Judge(recipe, network, ways[i].Calibration, file));
            }
        }

        List<LabelledWindow> Cut(SkabFile file) => [.. cutter.Of([file], [], new SeededRandom(Seed))];

        // Calibrated on these rows alone, as the machine has no others yet.
        IReadOnlyList<float[]> First(SkabFile file) => [.. Cut(file.Without(firstRows, file.Count)).Select(static window => window.Features)];
    }

    private static Confusion Judge(LearningRecipe recipe, Network network, float[] calibration, SkabFile file)
    {
        var shape = network.Input;
        var (input, output) = (new TensorSpec("window", [1, shape.Channels, shape.Length]), new TensorSpec("logit", [1, 1]));
        var onnx = OnnxWriter.Write(recipe.Name, OperationBuilder.Build(network), input, output);
        using var detector = new Detector(SkabFit.Manifest(recipe, onnx, input, output, "float32"), onnx, new SessionSettings());
        detector.Calibrate(calibration);
        var window = new float[Channels * recipe.Window.Length];
        var counts = default(Confusion);
        for (var row = SkabFile.CalibrationRows; row < file.Count; row++)
        {
            SkabWindows.Turn(file.Rows, row, window);
            counts = counts.Add(file.Anomalous![row], detector.Score(window).IsAlarm);
        }

        return counts;
    }
}

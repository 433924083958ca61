using System.Globalization;
using System.Numerics.Tensors;
using System.Text.RegularExpressions;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Recipes;
using Hmas.Contracts.Models;
using Hmas.Signals;
using Hmas.Signals.Streaming;

namespace Cloud.Hub.Learning.Corpora.Gas;

/// <summary>Which gas, while sixteen sensors drift over three years: follows the batches, each
/// scored by a model that learnt from all earlier ones.</summary>
internal sealed partial class GasCorpus : ICorpus, ITunableCorpus
{
    private const int Gases = 6;

    /// <summary>Labelled rows of a tested batch in the few-label protocol (README of the set).</summary>
    private const int Labels = 20;

    /// <summary>A labelled row of the tested batch counts as this many old ones: twenty stand against some four hundred.</summary>
    private const int LabelWeight = 10;

    /// <summary>Keeps the alarm alive where all fitted rows lie equally far.</summary>
    private const double SmallestDeviation = 1e-6;

    public string Name => "gas";

    public string About => "which gas, by 16 sensors that drift over three years";

    public string Folder => "gas_drift";

    public ClassRecipe Recipe => ClassRecipes.Gas;

    public IReadOnlyList<TaskRecording> TrainingRecordings(string folder) =>
        [.. Read(folder).Values.Select(recording => new TaskRecording(recording.Group, IsCopy: false, [.. ClassTrainer.Samples(Recipe, recording)]))];

    public void Score(ScoreRequest request, CancellationToken cancellation)
    {
        var recipe = ClassRecipes.Gas;
        var batches = Read(request.TrainData);
        // Labels of every earlier batch are known, wherever its file lies.
        foreach (var (number, recording) in Read(request.Data)) batches.TryAdd(number, recording);
        var scored = Directory.EnumerateFiles(request.Data).Select(file => NumberOf(Path.GetFileName(file))).OfType<int>()
            .Where(number => number > batches.Keys.Min()).Order().ToList();
        var samples = batches.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<ClassSample>)[.. ClassTrainer.Samples(recipe, pair.Value)]);

        request.Report.WriteLine("following: before each batch, retrained on all earlier ones");
        var following = new ScoreSheet(request, recipe, firstCode: 1);
        foreach (var number in scored)
        {
            var earlier = samples.Where(pair => pair.Key < number).Select(pair => pair.Value).ToList();
            var model = ClassTrainer.Fit(recipe, [.. earlier.SelectMany(batch => batch), .. DriftTransport.Moved(earlier, Gases)], cancellation);
            following.Add(model, batches[number], batches[number].File, batches[number].Moments);
            request.Report.WriteLine($"  {Watch(model, earlier, samples[number])}");
        }

        following.Close();

        request.Report.WriteLine();
        request.Report.WriteLine(
            $"few labels: trained on the first batch and {Labels} rows of the tested one, chosen from all of its rows before any label is known; scored on the others");
        var few = new ScoreSheet(request, recipe, firstCode: 1);
        var first = samples[samples.Keys.Min()];
        foreach (var number in scored)
        {
            var rows = ClassTrainer.Scale(samples[number], ClassTrainer.Standardise(recipe, first)).ConvertAll(row => row.Features);
            var chosen = LabelChoice.Choose(rows, Labels).ToHashSet();
            var model = ClassTrainer.Fit(
                recipe, [.. first, .. chosen.Order().Select(row => samples[number][row] with { Weight = LabelWeight })], cancellation);
            few.Add(model, batches[number], $"batch{number}.{Labels}-labels.csv",
                batches[number].Moments.Where(moment => !chosen.Contains(moment.Row)));
        }

        few.Close();
    }

    /// <summary>When the device would have called for a new model: its rows come without labels, one by one.</summary>
    private static string Watch(FittedClassifier model, IEnumerable<IReadOnlyList<ClassSample>> earlier, IReadOnlyList<ClassSample> batch)
    {
        var standardisation = model.Manifest.Recipe.Standardisation!;
        var (mean, deviation) = Statistics.MeanAndDeviation([.. Distances(earlier.SelectMany(samples => samples), standardisation)]);
        var alarm = new DriftAlarm(mean, Math.Max(SmallestDeviation, deviation));
        var row = 0;
        foreach (var distance in Distances(batch, standardisation))
        {
            row++;
            if (alarm.Add(distance) != 0)
                return $"drift alarm at its row {row} of {batch.Count}: labels are asked for, the next model is trained with this batch and rolled out";
        }

        return $"no drift alarm in {row} rows";
    }

    /// <summary>How far each row lies from the middle of what was fitted on.</summary>
    private static IEnumerable<float> Distances(IEnumerable<ClassSample> samples, Standardisation standardisation) =>
        ClassTrainer.Scale(samples, standardisation).Select(row => TensorPrimitives.Norm<float>(row.Features));

    private static SortedDictionary<int, Recording> Read(string folder)
    {
        var batches = new SortedDictionary<int, Recording>();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (NumberOf(Path.GetFileName(file)) is { } number) batches.Add(number, ReadFile(file));
        }

        return batches.Count == 0 ? throw new CorpusException($"{folder}: no file batchN.csv") : batches;
    }

    private static Recording ReadFile(string file)
    {
        var table = NumberTable.Read(file);
        var labels = table.Labels("gas", 1, Gases);
        if (labels.Length == 0) throw new CorpusException($"{file}: no row behind the header");
        var name = Path.GetFileName(file);
        return new Recording(
            name, name, [.. ClassRecipes.Gas.Channels.Select(table.Numbers)], [.. labels.Select((label, row) => new Moment(row, row, label - 1))]);
    }

    private static int? NumberOf(string name) =>
        BatchFile().Match(name) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^batch(\d{1,4})\.csv$")]
    private static partial Regex BatchFile();
}

using System.Text.RegularExpressions;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora.Hapt;

/// <summary>What a person does, from an accelerometer at the waist (HAPT, raw signals), on people that the fit did not see.</summary>
internal sealed partial class HaptCorpus : ICorpus, ITunableCorpus
{
    private const int WindowRows = 128;
    private const int Step = 64;

    /// <summary>The phone's own step: g = value / 720 (README of the set).</summary>
    private const float UnitsPerG = 720f;

    private const int Activities = 6;
    private const int Folds = 5;

    /// <summary>Copies of each recording from phones that sit a little differently.</summary>
    private const int Placements = 4;

    private const double PlacementDeviation = 20 * Math.PI / 180;
    private const ulong Seed = 11;

    public string Name => "hapt";

    public string About => "what a person does, by an accelerometer at the waist";

    public string Folder => "har_hapt";

    public ClassRecipe Recipe => ClassRecipes.Activity;

    public IReadOnlyList<TaskRecording> TrainingRecordings(string folder) =>
        [.. Read(folder)
            .SelectMany(recording => Placed(recording)
                .Select((placed, i) => new TaskRecording(placed.Group, i > 0, [.. ClassTrainer.Samples(Recipe, placed)])))];

    public void Score(ScoreRequest request, CancellationToken cancellation)
    {
        var recipe = ClassRecipes.Activity;
        var known = Read(request.TrainData);
        var sheet = new ScoreSheet(request, recipe, firstCode: 1);
        var samples = known.ToDictionary(
            recording => recording, recording => Placed(recording).SelectMany(placed => ClassTrainer.Samples(recipe, placed)).ToList());
        if (request.LeavesOut)
        {
            var people = known.Select(recording => recording.Group).Distinct().Order(StringComparer.Ordinal).ToList();
            if (people.Count < 2) throw new CorpusException($"{request.TrainData}: {people.Count} person; leaving people out needs two");
            for (var fold = 0; fold < Math.Min(Folds, people.Count); fold++)
            {
                var left = people.Where((_, i) => i % Folds == fold).ToHashSet();
                request.Report.WriteLine($"left out: users {string.Join(", ", left)}");
                var model = ClassTrainer.Fit(
                    recipe, [.. known.Where(recording => !left.Contains(recording.Group)).SelectMany(recording => samples[recording])], cancellation);
                foreach (var recording in known.Where(recording => left.Contains(recording.Group)))
                    sheet.Add(model, recording, recording.File, recording.Moments);
            }
        }
        else
        {
            var model = ClassTrainer.Fit(recipe, [.. known.SelectMany(recording => samples[recording])], cancellation);
            foreach (var recording in Read(request.Data)) sheet.Add(model, recording, recording.File, recording.Moments);
        }

        sheet.Close();
    }

    /// <summary>The recording and its copies; which ones depends on its own name only.</summary>
    private static IEnumerable<Recording> Placed(Recording recording)
    {
        yield return recording;
        var random = new SeededRandom(recording.File.Aggregate(Seed, (seed, letter) => SeededRandom.SeedOf(seed, letter, 0, 0)));
        for (var i = 0; i < Placements; i++) yield return Placement.Turned(recording, PlacementDeviation, random);
    }

    private static List<Recording> Read(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "exp*_user*.csv").Order(StringComparer.Ordinal).ToList();
        return files.Count == 0 ? throw new CorpusException($"{folder}: no file expEE_userUU.csv") : [.. files.Select(ReadFile)];
    }

    private static Recording ReadFile(string file)
    {
        var name = Path.GetFileName(file);
        if (UserOf().Match(name) is not { Success: true } match) throw new CorpusException($"{file}: the name is not expEE_userUU.csv");
        var table = NumberTable.Read(file);
        if (table.Rows < WindowRows) throw new CorpusException($"{file}: {table.Rows} rows, a window needs {WindowRows}");
        var labels = table.Labels("activity", 0, 12);
        float[][] channels = [.. ClassRecipes.Activity.Channels.Select(table.Numbers)];
        foreach (var channel in channels)
        {
            for (var i = 0; i < channel.Length; i++) channel[i] /= UnitsPerG;
        }

        var moments = new List<Moment>();
        for (var from = 0; from + WindowRows <= labels.Length; from += Step)
        {
            var label = labels[from];
            if (label is >= 1 and <= Activities && labels.AsSpan(from, WindowRows).IndexOfAnyExcept(label) < 0)
                moments.Add(new Moment(from, from + WindowRows - 1, label - 1));
        }

        return new Recording(name, match.Groups[1].Value, channels, moments);
    }

    [GeneratedRegex(@"^exp\d+_user(\d+)\.csv$")]
    private static partial Regex UserOf();
}

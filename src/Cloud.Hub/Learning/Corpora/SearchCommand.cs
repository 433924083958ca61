using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Search;
using Hmas.Storage;

namespace Cloud.Hub.Learning.Corpora;

/// <summary><c>hmas-hub learn search SET</c>: looks for better hyperparameters than a recipe's own on
/// recordings, leaving groups out; goes on where it was stopped.</summary>
internal static class SearchCommand
{
    public static Command Create(IEnumerable<ITunableCorpus> sets)
    {
        var command = new Command(
            "search",
            "Looks for better hyperparameters of a recipe on public recordings, each trial judged on people or batches it did not fit; call it again to go on");
        foreach (var set in sets) command.Subcommands.Add(Of(set));
        return command;
    }

    private static Command Of(ITunableCorpus set)
    {
        var train = CorpusFolder.TrainOption(set);
        var output = new Option<string>("--out") { HelpName = "folder", Description = "Folder of the study (study.db) and its pictures", Required = true };
        var trials = new Option<int>("--trials") { HelpName = "number", Description = "Trials in all, with those of earlier calls", DefaultValueFactory = _ => 60 };
        var parallel = new Option<int>("--parallel") { HelpName = "number", Description = "Trials at once; 1 repeats a search exactly", DefaultValueFactory = _ => 1 };
        var strategy = new Option<string>("--strategy") { HelpName = "name", Description = "tpe or random", DefaultValueFactory = _ => "tpe" };
        var halving = new Option<int>(
            "--halving") { HelpName = "factor", Description = "Full budget over the smallest: 9 begins each trial with a ninth of the steps, 1 gives all of them",
                DefaultValueFactory = _ => 9 };
        var brackets = new Option<int>(
            "--brackets") { HelpName = "number", Description = "1 is ASHA; more is Hyperband, whose trials take turns in beginning with larger budgets",
                DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { HelpName = "number", Description = "Of the search", DefaultValueFactory = _ => 1 };
        var command = new Command(set.Name, $"On {set.Name}") { train, output, trials, parallel, strategy, halving, brackets, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                ClassSample[] samples = [.. set.TrainingRecordings(CorpusFolder.Of(set, parsed.GetValue(train)))
                    .SelectMany(recording => recording.Samples)];
                var settings = new StudySettings
                {
                    Recipe = set.Recipe.Name,
                    DataDigest = Digest(samples),
                    Space = ClassRecipeSpace.Dimensions,
                    Defaults = ClassRecipeSpace.Of(set.Recipe),
                    Strategy = parsed.GetRequiredValue(strategy),
                    Seed = parsed.GetValue(seed),
                    Halving = parsed.GetValue(halving),
                    Brackets = parsed.GetValue(brackets),
                };
                var objective = new ClassObjective(set.Recipe, samples);
                await RunAsync(
                    settings, objective, parsed.GetRequiredValue(output), parsed.GetValue(trials), Math.Max(1, parsed.GetValue(parallel)),
                    Console.Out, cancellation);
                return 0;
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync("hmas-hub: stopped; the same call goes on from here");
                return 1;
            }
            catch (Exception e) when (e is CorpusException or ArgumentException or StorageException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"hmas-hub: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    /// <summary>Runs the study in <paramref name="folder"/> to its end, writes its pictures and says what it found.</summary>
    internal static async Task RunAsync(
        StudySettings settings, ISearchObjective objective, string folder, int trials, int parallel, TextWriter report,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await using var store = await StudyStore.OpenAsync(Path.Combine(folder, "study.db"), settings, cancellation);
        var study = await new StudyRunner(settings, store, objective, trials, parallel).RunAsync(new Teller(report, trials), cancellation);
        var shares = ParameterImportance.Of(study.Trials);
        await File.WriteAllTextAsync(Path.Combine(folder, "history.svg"), StudyPictures.History(study.Trials), cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "importance.svg"), StudyPictures.Importance(settings.Space, shares), cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "parallel.svg"), StudyPictures.ParallelCoordinates(settings.Space, study.Trials), cancellation);
        if (study.Best is not { } best)
        {
            report.WriteLine("no trial gave a result");
            return;
        }

        report.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"best: trial {best.Id}, value {best.Value:0.0000}: {Describe(study.Values(best))}"));
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the recipe's own (trial 0): {study.Trials[0].Value:0.0000}"));
        if (shares.Count > 0)
        {
            var ranked = settings.Space.Zip(shares).OrderByDescending(pair => pair.Second);
            report.WriteLine(
                $"importance: {string.Join(", ", ranked.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First.Name} {pair.Second:0.00}")))}");
        }

        report.WriteLine($"pictures: {Path.Combine(folder, "history.svg")}, importance.svg, parallel.svg");
    }

    private static string Describe(IReadOnlyDictionary<string, double> values) =>
        string.Join(", ", values.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.######}")));

    private static string Digest(IEnumerable<ClassSample> samples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var sample in samples)
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(sample.Features));
            hash.AppendData(BitConverter.GetBytes(sample.Class));
        }

        return $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>A line a result, in the order they come.</summary>
    private sealed class Teller(TextWriter report, int trials) : IProgress<(TrialResult Result, SearchStudy Study)>
    {
        public void Report((TrialResult Result, SearchStudy Study) value) => report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"trial {value.Result.Trial} of {trials}, rung {value.Result.Rung}: {value.Result.Value:0.0000} in {value.Result.Seconds:0.0} s; best {value.Study.Best?.Value:0.0000}"));
    }
}

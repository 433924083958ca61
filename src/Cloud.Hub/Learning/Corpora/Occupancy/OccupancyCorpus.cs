using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora.Occupancy;

/// <summary>Is somebody in the room, from its climate alone: without light and without the clock.
/// Trains on <c>training.csv</c>, scores every other file.</summary>
internal sealed class OccupancyCorpus : ICorpus
{
    private const string TrainingFile = "training.csv";
    private const ulong Seed = 7;

    /// <summary>Weeks simulated with other air changes beside the recorded one.</summary>
    private const int SimulatedWeeks = 8;

    public string Name => "occupancy";

    public string About => "is somebody in the room, by its air";

    public string Folder => "occupancy";

    public void Score(ScoreRequest request, CancellationToken cancellation)
    {
        var recipe = ClassRecipes.Presence;
        var week = Read(Path.Combine(request.TrainData, TrainingFile));
        var files = Directory.EnumerateFiles(request.Data, "*.csv").Order(StringComparer.Ordinal)
            .Where(file => Path.GetFileName(file) != TrainingFile).Select(Read).ToList();
        var sheet = new ScoreSheet(request, recipe, firstCode: 0);
        var model = ClassTrainer.Fit(recipe, [.. Weeks(week).SelectMany(recording => ClassTrainer.Samples(recipe, recording))], cancellation);
        foreach (var recording in files) sheet.Add(model, recording, recording.File, recording.Moments);
        sheet.Close();
    }

    /// <summary>The recorded week, and the same week in rooms with other doors.</summary>
    private static IEnumerable<Recording> Weeks(Recording week)
    {
        yield return week;
        var random = new SeededRandom(Seed);
        for (var i = 0; i < SimulatedWeeks; i++)
            yield return week with { Channels = [OpenDoor.Simulate(week.Channels[0], random)], Group = $"door {i}" };
    }

    private static Recording Read(string file)
    {
        var table = NumberTable.Read(file);
        var labels = table.Labels("Occupancy", 0, 1);
        if (labels.Length == 0) throw new CorpusException($"{file}: no row behind the header");
        return new Recording(
            Path.GetFileName(file), "recorded", [.. ClassRecipes.Presence.Channels.Select(table.Numbers)],
            [.. labels.Select((label, row) => new Moment(row, row, label))]);
    }
}

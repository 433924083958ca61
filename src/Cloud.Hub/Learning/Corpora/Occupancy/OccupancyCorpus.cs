namespace Cloud.Hub.Learning.Corpora.Occupancy;

/// <summary>Is somebody in the room, from its climate alone: without light and without the clock. Trains on <c>training.csv</c>, scores every other file.</summary>
internal sealed class OccupancyCorpus : ICorpus
{
    public string Name => "occupancy";

    public string Folder => "occupancy";

    public void Score(ScoreRequest request, CancellationToken cancellation)
    {
        var training = NumberTable.Read(Path.Combine(request.TrainData, "training.csv"));
        var majority = 2 * training.Labels("Occupancy", 0, 1).Sum() > training.Rows ? 1 : 0;
        foreach (var file in Directory.EnumerateFiles(request.Data, "*.csv").Order(StringComparer.Ordinal).Where(f => Path.GetFileName(f) != "training.csv"))
        {
            var labels = NumberTable.Read(file).Labels("Occupancy", 0, 1);
            var score = new ClassScore(2);
            foreach (var label in labels) score.Add(label, majority);
            PredictionFile.Write(request.Out, file, labels.Select((label, i) => (i, label, majority)));
            request.Report.WriteLine($"{Path.GetFileName(file)}: {score}");
        }
    }
}

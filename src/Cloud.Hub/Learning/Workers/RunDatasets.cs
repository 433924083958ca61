using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;

namespace Cloud.Hub.Learning.Workers;

/// <summary>The data of a run by name: what it learnt from, what judged its epochs, what was held out. A part without runs has no name.</summary>
internal static class RunDatasets
{
    private const string Fitted = "fitted";
    private const string Validation = "validation";
    private const string HeldOut = "held-out";

    private static readonly (string Name, RunPart Part)[] Parts = [
        (Fitted, RunPart.Fit), (Validation, RunPart.Validation), (HeldOut, RunPart.HeldOut)];

    /// <summary>Each part with its digest, and the experiences that it is made of.</summary>
    public static IReadOnlyList<DatasetView> Of(string runId, TrainingData data) =>
        [.. Parts.Where(named => data.Parts.Contains(named.Part)).Select(named =>
        {
            var runs = data.Parts[named.Part];
            return new DatasetView(
                runId, named.Name, data.Experience.Digest(runs), data.Experience.Bounds.Labels,
                [.. runs.Select(run => new DatasetSource(run.DeviceId, run.RunId, [.. run.ExperienceIds]))]);
        })];

    public static SortedDictionary<string, string> Digests(IReadOnlyList<DatasetView> datasets) =>
        new(datasets.ToDictionary(dataset => dataset.Part, dataset => dataset.Digest), StringComparer.Ordinal);

    /// <summary>Digests of what the values of the model depend on: the epochs are chosen by the validation runs.</summary>
    public static IEnumerable<string> LearntFrom(TrainingRunView run) =>
        new[] { Fitted, Validation }.Select(name => run.DataDigests.GetValueOrDefault(name)).OfType<string>();
}

using System.CommandLine;

namespace Cloud.Hub.Learning.Corpora;

/// <summary>Where the recordings of a set lie.</summary>
internal static class CorpusFolder
{
    /// <summary>Folder of all sets; the front door sets it.</summary>
    private const string DataVariable = "HMAS_DATA";

    public static Option<string?> TrainOption(ICorpus set) =>
        new("--train-data") { Description = $"Folder of the files to train on [default: ${DataVariable} or ../shared/data, below it {set.Folder}]" };

    public static string Of(ICorpus set, string? named) =>
        named ?? Path.Combine(Environment.GetEnvironmentVariable(DataVariable) ?? Path.Combine("..", "shared", "data"), set.Folder);
}

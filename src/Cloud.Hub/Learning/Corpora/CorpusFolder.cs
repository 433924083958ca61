using System.CommandLine;

namespace Cloud.Hub.Learning.Corpora;

/// <summary>Where the recordings of a set lie.</summary>
internal static class CorpusFolder
{
    /// <summary>Folder of all sets; the front door sets it.</summary>
    private const string DataVariable = "HMAS_DATA";

    public static Option<string?> TrainOption(ICorpus set) =>
        new("--train-data") { HelpName = "folder", Description = $"Folder of the files to train on [default: ${DataVariable} or ../shared/data, below it {set.Folder}]" };

    public static string Of(ICorpus set, string? named) =>
        named ?? Path.Combine(Environment.GetEnvironmentVariable(DataVariable) ?? Path.Combine("..", "shared", "data"), set.Folder);

    /// <summary>Runs a command on recordings on a thread of its own; what is wrong with them is one line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Action action)
    {
        try
        {
            await Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return 0;
        }
        catch (Exception e) when (e is CorpusException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"hmas-hub: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("hmas-hub: stopped");
            return 1;
        }
    }
}

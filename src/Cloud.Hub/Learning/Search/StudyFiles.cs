using Cloud.Hub.Host;
using Cloud.Hub.Learning.Storage;

namespace Cloud.Hub.Learning.Search;

/// <summary>Where the service's searches keep their trials, one file a run; those of the newest ended searches stay, older ones go.</summary>
internal sealed class StudyFiles(HubPaths paths, RunStore store)
{
    /// <summary>Ended searches whose trials stay on disk. What came of a search is in its run, for good.</summary>
    public const int Kept = 20;

    private const string Extension = ".db";

    /// <summary>What SQLite puts beside a file that is open, or was when the hub was killed.</summary>
    private static readonly string[] Companions = ["-wal", "-shm"];

    public string Of(string runId)
    {
        Directory.CreateDirectory(paths.Folder("studies"));
        return Path.Combine(paths.Folder("studies"), runId + Extension);
    }

    /// <summary>Deletes the trials of searches that have ended, all but the newest, and those of runs that are not known.</summary>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public void Retain()
    {
        if (!Directory.Exists(paths.Folder("studies"))) return;
        var searches = store.All().Where(run => run.Request.Search is not null).ToList();
        var kept = searches.Where(run => !RunStates.HasEnded(run.State))
            .Concat(searches.Where(run => RunStates.HasEnded(run.State)).Take(Kept)).Select(run => run.RunId).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(paths.Folder("studies"), "*" + Extension).ToList())
        {
            if (kept.Contains(Path.GetFileNameWithoutExtension(file))) continue;
            foreach (var companion in Companions) File.Delete(file + companion);
            // Last: what is left by a kill is found by this name.
            File.Delete(file);
        }
    }
}

namespace Cloud.Hub.Host;

/// <summary>Where the hub keeps its state: one folder, one file per service below it.</summary>
/// <param name="DataFolder">Absolute; made on start, mode 0700.</param>
public sealed record HubPaths(string DataFolder)
{
    public string Database(string service) => Path.Combine(DataFolder, $"{service}.db");

    public string Folder(string name) => Path.Combine(DataFolder, name);
}

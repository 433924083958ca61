namespace Hmas.Testing;

/// <summary>Public recordings beside the source tree; a plain clone has none.</summary>
public static class RecordedData
{
    /// <summary>Folder of a set, from <c>HMAS_DATA</c> or <c>../shared/data</c>; null when it is not there.</summary>
    public static string? Folder(string set)
    {
        var root = Environment.GetEnvironmentVariable("HMAS_DATA") ?? Path.Combine(Repository.Root, "..", "shared", "data");
        var folder = Path.GetFullPath(Path.Combine(root, set));
        return Directory.Exists(folder) ? folder : null;
    }
}

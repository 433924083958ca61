namespace Hmas.Testing;

/// <summary>Where the source tree is that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HMAS.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("HMAS.sln is in no folder above the tests");
    }
}

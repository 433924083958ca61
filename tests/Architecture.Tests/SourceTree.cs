using System.Text.RegularExpressions;
using Hmas.Testing;

namespace Architecture.Tests;

/// <summary>The repository as text: the walls are held by reading what the compiler reads.</summary>
internal static partial class SourceTree
{
    public static string Root => Repository.Root;

    /// <summary>All hand-written C# files below a folder, as (path relative to the root with forward slashes, text).</summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/artifacts/", StringComparison.Ordinal) && !file.Contains("/node_modules/", StringComparison.Ordinal))
            .Select(file => (Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file)));

    /// <summary>Namespaces a file names in its <c>using</c> lines.</summary>
    public static IEnumerable<string> Usings(string text) => UsingLine().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>Project files referenced by a project file, by name without extension.</summary>
    public static IEnumerable<string> References(string project) =>
        ReferenceLine().Matches(File.ReadAllText(Path.Combine(Root, project)))
            .Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value));

    [GeneratedRegex(@"^(?:global )?using (?:static )?([A-Z][\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex ReferenceLine();
}

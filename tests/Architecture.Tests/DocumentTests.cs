using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>Documents that must match the tree.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_relative_link_of_a_document_leads_somewhere()
    {
        var broken =
            from file in Directory.EnumerateFiles(SourceTree.Root, "*.md", SearchOption.AllDirectories)
            where !file.Contains("/artifacts/", StringComparison.Ordinal) && !file.Contains("/node_modules/", StringComparison.Ordinal)
            from Match link in Link().Matches(File.ReadAllText(file))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target))
            select $"{Path.GetRelativePath(SourceTree.Root, file)}: {target}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_project_service_driver_and_deploy_folder_has_its_readme()
    {
        string[] rooms =
        [
            .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Select(project => Path.GetDirectoryName(project)!),
            .. new[] { "Perception", "Memory", "Learning", "Reasoning", "Communication", "Feedback", "Integration", "Specialized", "Redistribution" }
                .Select(service => Path.Combine(SourceTree.Root, "src/Cloud.Hub", service)),
            .. Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "src/Edge.Sensors/Buses")),
            Path.Combine(SourceTree.Root, "src/Edge.Sensors/Replay"),
            Path.Combine(SourceTree.Root, "src/Edge.Sensors/Simulation"),
            .. Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "deploy")),
        ];
        Assert.Empty(rooms.Where(room => !File.Exists(Path.Combine(room, "README.md"))).Select(room => Path.GetRelativePath(SourceTree.Root, room)));
    }

    [Fact]
    public void Decisions_are_numbered_once()
    {
        var numbers = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs/adr"), "*.md").Select(file => Path.GetFileName(file)[..4])
            .ToArray();
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}

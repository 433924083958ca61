namespace Operator.Cli.Demo.Site;

/// <summary>Cuts a long healthy recording among the devices, so that each has an acceptance run of its own.</summary>
internal static class HealthySlices
{
    public static IReadOnlyList<Recording> Cut(Recording healthy, string folder, int parts)
    {
        Directory.CreateDirectory(Path.Combine(folder, "healthy"));
        var lines = File.ReadAllLines(healthy.File);
        var rows = (lines.Length - 1) / parts;
        return [.. Enumerable.Range(0, parts).Select(part =>
        {
            var file = Path.Combine(folder, "healthy", $"part{part + 1}.csv");
            File.WriteAllLines(file, [lines[0], .. lines.Skip(1 + (part * rows)).Take(rows)]);
            return Recording.Read(file);
        })];
    }
}

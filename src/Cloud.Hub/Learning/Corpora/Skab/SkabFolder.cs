using System.Globalization;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>Reads SKAB's folder: <c>valve1</c>, <c>valve2</c> and <c>other</c> with one file an experiment, and <c>anomaly-free</c>.</summary>
internal static class SkabFolder
{
    private const char Separator = ';';

    /// <summary>What is read: not the two temperatures, whose slow rise tells the time since the start, and with it the answer.</summary>
    public static IReadOnlyList<string> Channels { get; } = [
        "Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Voltage", "Volume Flow RateRMS"];

    /// <returns>In the order of their keys.</returns>
    /// <exception cref="CorpusException">No experiments, or one that cannot be read.</exception>
    public static IReadOnlyList<SkabFile> Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new CorpusException($"{folder}: no such folder");
        var files = new List<SkabFile>();
        foreach (var group in Directory.EnumerateDirectories(folder).Where(group => Path.GetFileName(group) is "valve1" or "valve2" or "other")
            .Order(StringComparer.Ordinal))
        {
            files.AddRange(
                Directory.EnumerateFiles(group, "*.csv").Order(StringComparer.Ordinal).Select(file => ReadFile(file, Path.GetFileName(group))));
        }

        return files.Count > 0 ? files : throw new CorpusException($"{folder}: no valve1, valve2 or other with experiments in it");
    }

    /// <summary>Rows of normal running, (N, C); empty when the folder has none.</summary>
    public static float[] AnomalyFree(string folder)
    {
        var file = Path.Combine(folder, "anomaly-free", "anomaly-free.csv");
        return File.Exists(file) ? Rows(NumberTable.Read(file, Separator)) : [];
    }

    private static SkabFile ReadFile(string file, string group)
    {
        var table = NumberTable.Read(file, Separator);
        var stamps = table.Texts("datetime").Select((text, row) =>
            DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var stamp)
                ? stamp
                : throw new CorpusException($"{file}, row {row + 2}, datetime: '{text}' is no time"));
        return new SkabFile(
            $"{group}/{Path.GetFileNameWithoutExtension(file)}", [.. stamps], Rows(table), Flags(table, "anomaly"), Flags(table, "changepoint"));
    }

    private static float[] Rows(NumberTable table)
    {
        var columns = Channels.Select(table.Numbers).ToList();
        var rows = new float[table.Rows * columns.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = columns[i % columns.Count][i / columns.Count];
        return rows;
    }

    private static bool[]? Flags(NumberTable table, string column) =>
        table.Columns.Contains(column) ? [.. table.Labels(column, 0, 1).Select(label => label == 1)] : null;
}

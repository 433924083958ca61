namespace Edge.Sensors.Replay;

/// <summary>Picks the next recording: the smallest name that was not played yet, or the next of the list.</summary>
internal sealed class ReplayFiles(ReplayOptions options)
{
    private readonly HashSet<string> _played = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>1, 2, 3 … counts how often the whole set has been begun.</summary>
    public int Pass { get; private set; } = 1;

    /// <exception cref="SensorDataException">The folder cannot be read.</exception>
    public string? TryNext()
    {
        if (options.Folder is null) return _next < options.Files.Count ? options.Files[_next++] : null;
        try
        {
            var next = Directory.EnumerateFiles(options.Folder, "*.csv")
                .Where(path => !Path.GetFileName(path.AsSpan()).StartsWith('.') && !_played.Contains(Path.GetFileName(path)))
                .Min(StringComparer.Ordinal);
            if (next is not null) _played.Add(Path.GetFileName(next));
            return next;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorDataException(SensorDataFault.Unreadable, options.Folder, 0, null, e.Message, e);
        }
    }

    public void StartPass()
    {
        Pass++;
        _next = 0;
        _played.Clear();
    }
}

using System.Text.Json;
using Hmas.Storage;

namespace Edge.Agent.Hosting.Status;

/// <summary>The totals of earlier starts in <c>totals.a</c> and <c>totals.b</c>, and their sum with this one's. Not thread-safe.</summary>
/// <remarks>A record pair, since they are written all the time: one block each, where a file replaced by rename takes three of the
/// file system's own as well.</remarks>
internal sealed class TotalsFile
{
    private readonly RecordPair _files;
    private readonly Totals _before;

    private TotalsFile(RecordPair files) => (_files, _before) = (files, Parse(files.Content));

    /// <summary>With both files unreadable it begins at zero: counts are for people.</summary>
    /// <exception cref="StorageException">The state folder cannot be used.</exception>
    public static TotalsFile Open(string stateFolder) => new(RecordPair.Open(Path.Combine(stateFolder, "totals")));

    public Totals With(Totals sinceStart) => _before + sinceStart;

    /// <exception cref="StorageException">Full disk, no access, or an I/O error; what was saved before stands.</exception>
    public void Save(Totals sinceStart) => _files.Write(JsonSerializer.SerializeToUtf8Bytes(With(sinceStart), HostingJson.Default.Totals));

    private static Totals Parse(byte[]? content)
    {
        try
        {
            return (content is null ? null : JsonSerializer.Deserialize(content, HostingJson.Default.Totals)) ?? Totals.None;
        }
        catch (JsonException)
        {
            return Totals.None;
        }
    }
}

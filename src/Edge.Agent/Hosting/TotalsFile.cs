using System.Text.Json;
using Hmas.Storage;

namespace Edge.Agent.Hosting;

/// <summary>The totals of earlier starts in <c>totals.json</c>, and their sum with this one's.</summary>
internal sealed class TotalsFile
{
    private readonly string _path;
    private readonly Totals _before;

    private TotalsFile(string path, Totals before)
    {
        _path = path;
        _before = before;
    }

    /// <summary>An unreadable file begins at zero: counts are for people.</summary>
    public static TotalsFile Open(string stateFolder)
    {
        var path = Path.Combine(stateFolder, "totals.json");
        try
        {
            return new TotalsFile(
                path, (File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), HostingJson.Default.Totals) : null) ?? Totals.None);
        }
        catch (JsonException)
        {
            return new TotalsFile(path, Totals.None);
        }
    }

    public Totals With(Totals sinceStart) => _before + sinceStart;

    public void Save(Totals sinceStart) => AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(With(sinceStart), HostingJson.Default.Totals));
}

using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Storage;

namespace Edge.Agent.Sync.Downlink;

/// <summary>The desired state last taken, on disk: what the device goes by when it starts without
/// the hub, and the version below which it ignores.</summary>
internal sealed class TwinFile
{
    private readonly string _path;

    private TwinFile(string path, DesiredState? desired)
    {
        _path = path;
        Desired = desired;
    }

    public DesiredState? Desired { get; private set; }

    /// <summary>An unreadable file counts as none: the hub sends the state again on connect.</summary>
    public static TwinFile Open(string stateFolder)
    {
        var path = Path.Combine(stateFolder, "desired.json");
        try
        {
            return new TwinFile(
                path, File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ContractsJson.Default.DesiredState) : null);
        }
        catch (JsonException)
        {
            return new TwinFile(path, null);
        }
    }

    /// <summary>True when newer than what is known; it is then on disk.</summary>
    public bool TryTake(DesiredState desired)
    {
        if (Desired is { } known && desired.Version <= known.Version) return false;
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(desired, ContractsJson.Default.DesiredState));
        Desired = desired;
        return true;
    }
}

using System.Text.Json;
using Hmas.Contracts;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>Where agents before the device record kept its content: <c>models/slots.json</c>, <c>trust/releases.a</c> and <c>releases.b</c>,
/// <c>desired.json</c>. They stay until a model is proven, for an update of the agent that goes back.</summary>
internal sealed class OlderFiles(string stateFolder, ILogger logger)
{
    private readonly string _slots = Path.Combine(stateFolder, "models", "slots.json");
    private readonly string _desired = Path.Combine(stateFolder, "desired.json");
    private readonly string[] _counters = [Path.Combine(stateFolder, "trust", "releases.a"), Path.Combine(stateFolder, "trust", "releases.b")];

    private IEnumerable<string> All => [_slots, _desired, .. _counters];

    public bool Exist => All.Any(File.Exists);

    /// <summary>Slots and desired state; null: there were none, or none that can be read.</summary>
    public RecordDocument? Document()
    {
        var slots = Read(_slots, static bytes => JsonSerializer.Deserialize(bytes, ModelsJson.Default.SlotsDocument));
        var desired = Read(_desired, static bytes => JsonSerializer.Deserialize(bytes, ContractsJson.Default.DesiredState));
        if (slots is null && desired is null) return null;
        slots ??= new SlotsDocument();
        // The oldest agents kept the counters in the slots, or knew them by what the slots hold.
        return new RecordDocument { Slots = slots with { Releases = null }, Desired = desired }
            .Raised([.. slots.Releases ?? [], .. SlotEntry.Counters(slots.Active, slots.Previous)]);
    }

    /// <summary>What either copy of the release counters knows.</summary>
    public IEnumerable<KeyValuePair<string, long>> Releases() => _counters.SelectMany(path => Read(
        path, static bytes => CheckedPayload.TryOpen(bytes, out var json)
            ? JsonSerializer.Deserialize(json, ModelsJson.Default.DictionaryStringInt64) : throw new JsonException("its checksum is wrong")) ?? []);

    public void Delete()
    {
        foreach (var path in All.Where(File.Exists)) File.Delete(path);
    }

    /// <summary>Null: not there, or unreadable; then the other files must do, and the hub's next word.</summary>
    private T? Read<T>(string path, Func<byte[], T?> parse)
        where T : class
    {
        if (!File.Exists(path)) return null;
        try
        {
            return parse(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            logger.OlderFileUnreadable(path, error.Message);
            return null;
        }
    }
}

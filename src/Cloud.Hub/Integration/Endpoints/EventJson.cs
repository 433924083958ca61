using System.Text.Json;
using System.Text.Json.Nodes;
using Cloud.Hub.Bus;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>A bus event as the event stream writes it: <c>{"type":"RolloutTransitioned", …}</c>.</summary>
internal static class EventJson
{
    public static byte[] Encode(HubEvent happened, JsonSerializerOptions json)
    {
        var body = happened is FactsStored { Batch: var batch }
            ? JsonSerializer.SerializeToNode(new StoredFacts(batch.SiteId, batch.DeviceId, batch.Epoch, batch.LastSequence, batch.Facts.Count), json)
            : JsonSerializer.SerializeToNode(happened, happened.GetType(), json);
        var typed = new JsonObject { ["type"] = happened.GetType().Name };
        var members = body!.AsObject();
        foreach (var (name, value) in members.ToArray())
        {
            members.Remove(name);
            typed[name] = value;
        }

        return JsonSerializer.SerializeToUtf8Bytes(typed, json);
    }

    /// <summary>Payloads stay in the archive: a screen needs the count.</summary>
    private sealed record StoredFacts(string SiteId, string DeviceId, long Epoch, long LastSequence, int Facts);
}

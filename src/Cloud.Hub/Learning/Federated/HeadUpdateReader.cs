using System.Runtime.InteropServices;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Federated;

namespace Cloud.Hub.Learning.Federated;

/// <summary>Reads what a device answered to a <see cref="HeadTask"/>. Nothing in it is believed but its form; the server judges the rest.</summary>
internal static class HeadUpdateReader
{
    /// <returns>The update, or why it is none.</returns>
    public static (ClientUpdate? Update, string? Fault) Read(string deviceId, string? text, HeadTask task)
    {
        if (text is null) return (null, "the answer is empty");
        if (text.Length > HeadUpdate.MaxText) return (null, $"the answer has {text.Length} characters, {HeadUpdate.MaxText} are allowed");
        try
        {
            if (JsonSerializer.Deserialize(text, ContractsJson.Default.HeadUpdate) is not { Delta: { } delta } update)
                return (null, "the answer is null");
            if (update.Digest != task.Digest) return (null, "the answer is for another model");
            return delta.Length % sizeof(float) == 0
                ? (new ClientUpdate(deviceId, update.Round, update.Samples, MemoryMarshal.Cast<byte, float>(delta).ToArray()), null)
                : (null, $"{delta.Length} bytes are no float32 values");
        }
        catch (JsonException)
        {
            return (null, "the answer is no update");
        }
    }
}

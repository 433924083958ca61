using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Names a fit: its data, its network and its settings. A checkpoint goes on only in the fit it was made in.</summary>
internal static class FitFingerprint
{
    /// <returns><c>sha256:hex</c>.</returns>
    public static string Of(string dataDigest, Network network, TrainingSettings settings)
    {
        // Threads change no bit, so a fit may go on with more or fewer.
        var text =
            $"{dataDigest}\n{Architecture(network)}\n{settings with { Threads = 1, LayerRates = [] }}\n{string.Join(' ', settings.LayerRates)}\n{Start(network)}";
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The values it starts from.</summary>
    private static string Start(Network network) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(network.Values)));

    /// <summary>Input, and each layer with its output and what it learns: for people, and equal only when values can be carried over.</summary>
    public static string Architecture(Network network) => string.Create(
        CultureInfo.InvariantCulture, $"{network.Input} {string.Join(' ', network.Layers.Select(Text))}");

    private static string Text(Training.Layers.Layer layer)
    {
        var learnt = string.Join('+', layer.Parameters.Select(parameter => parameter.Count.ToString(CultureInfo.InvariantCulture)));
        return learnt.Length == 0 ? $"{layer.Kind}{layer.Output}" : $"{layer.Kind}{layer.Output}[{learnt}]";
    }
}

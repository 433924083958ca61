using System.Security.Cryptography;
using Cloud.Hub.Learning.Export.Quantization;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Export;

/// <summary>A trained model in both precisions, with the tensors of its graph.</summary>
internal sealed record FittedModel(byte[] Float, byte[] Int8, TensorSpec Input, TensorSpec Output, Int8Facts Facts)
{
    /// <summary>What stands beside the answer; null: nothing.</summary>
    public DistanceGuard? Guard { get; init; }

    /// <summary>As a manifest names a graph.</summary>
    public static string DigestOf(byte[] onnx) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(onnx))}";
}

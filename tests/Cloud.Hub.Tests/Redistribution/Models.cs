using System.Text;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Manifests that fit some bytes which stand for a model.</summary>
internal static class Models
{
    public static byte[] Onnx(string text) => Encoding.UTF8.GetBytes(text);

    public static ModelManifest Manifest(string name, long release, byte[] onnx) => new()
    {
        Name = name,
        Release = release,
        OnnxDigest = ModelPackage.DigestOf(onnx),
        OnnxBytes = onnx.Length,
        Channels = ["a", "b"],
        RateHz = 1,
        Window = new WindowSpec(8, 4),
        Recipe = new FeatureRecipe(),
        Input = new TensorSpec("in", [1, 2, 8]),
        Output = new TensorSpec("out", [1, 2, 8]),
        Head = ModelHead.Reconstruction,
        Threshold = new ThresholdPolicy(),
        Precision = "float32",
        Lineage = new Lineage { RunId = "run", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "0" },
    };
}

using System.Globalization;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Hmas.Testing;

/// <summary>Signed packages of the small models that <c>tests/Shared.Tests/Inference/Fixtures/make_models.py</c>
/// wrote: channels <c>a</c> and <c>b</c> at 1 Hz, windows of 8 rows.</summary>
public static class FixturePackage
{
    public const string Name = "fixture";
    public const int CalibrationRows = 40;

    public static byte[] Onnx(string model) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests/Shared.Tests/Inference/Fixtures", model + ".onnx"));

    /// <summary>A reconstruction of the window.</summary>
    public static ModelManifest Manifest(long release, byte[] onnx) => new()
    {
        Name = Name,
        Release = release,
        OnnxDigest = ModelPackage.DigestOf(onnx),
        OnnxBytes = onnx.Length,
        Channels = ["a", "b"],
        RateHz = 1,
        Window = new WindowSpec(8, 1),
        Recipe = new FeatureRecipe { Normalisation = Normalisation.None, Clip = 0 },
        Input = new TensorSpec("x", [1, 2, 8]),
        Output = new TensorSpec("y", [1, 2, 8]),
        Head = ModelHead.Reconstruction,
        Threshold = new ThresholdPolicy { CalibrationRows = CalibrationRows },
        Precision = "float32",
        Lineage = new Lineage { RunId = string.Create(
            CultureInfo.InvariantCulture, $"train-{release}"), CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "test" },
    };

    /// <summary>The classifier <c>classes</c>: of the means of both channels, a and b, logits 2a, a + b and 0.</summary>
    public static ModelManifest AsClassifier(ModelManifest manifest) => manifest with
    {
        Recipe = new FeatureRecipe
        {
            Normalisation = Normalisation.None,
            Clip = 0,
            Layout = TensorLayout.Vector,
            Features = [new FeatureSpec(FeatureKind.Mean), new FeatureSpec(FeatureKind.Deviation), new FeatureSpec(FeatureKind.Slope)],
        },
        Input = new TensorSpec("x", [1, 6]),
        Output = new TensorSpec("y", [1, 3]),
        Head = ModelHead.Classes,
        Classes = ["first", "second", "third"],
    };

    public static (string Digest, byte[] Package) Write(SigningKey key, ModelManifest manifest, byte[] onnx)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest);
        return (ModelPackage.DigestOf(json), ModelPackage.Write(json, [new PackageSignature(key.PublicKey, key.Sign(json))], onnx));
    }

    public static (string Digest, byte[] Package) Write(SigningKey key, long release, string model = "half")
    {
        var onnx = Onnx(model);
        return Write(key, Manifest(release, onnx), onnx);
    }
}

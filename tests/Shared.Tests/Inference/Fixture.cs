using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Shared.Tests.Inference;

/// <summary>The models that <c>Fixtures/make_models.py</c> wrote, and manifests for them.</summary>
internal static class Fixture
{
    public static readonly TensorSpec X = new("x", [1, 2, 8]);

    public static readonly TensorSpec Y = new("y", [1, 2, 8]);

    public static byte[] Model(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Inference", "Fixtures", name + ".onnx"));

    public static ModelSession Session(string name, SessionSettings? settings = null) =>
        new(Model(name), X, Y, settings ?? new SessionSettings());

    /// <summary>Two channels, windows of 8, values as they are (no normalisation, no clipping) unless the caller says otherwise.</summary>
    public static ModelManifest Manifest(
        ModelHead head = ModelHead.Reconstruction, ThresholdPolicy? threshold = null, FeatureRecipe? recipe = null) =>
        new()
    {
        Name = "fixture",
        Release = 1,
        OnnxDigest = "sha256:0",
        OnnxBytes = 1,
        Channels = ["a", "b"],
        RateHz = 1,
        Window = new WindowSpec(8, 1),
        Recipe = recipe ?? (head == ModelHead.Reconstruction
            ? new FeatureRecipe { Normalisation = Normalisation.None, Clip = 0 }
            : new FeatureRecipe
            {
                Normalisation = Normalisation.None,
                Clip = 0,
                Layout = TensorLayout.Vector,
                Features = [new FeatureSpec(FeatureKind.Mean), new FeatureSpec(FeatureKind.Deviation), new FeatureSpec(FeatureKind.Slope)],
            }),
        Input = head == ModelHead.Reconstruction ? X : new TensorSpec("x", [1, 6]),
        Output = head == ModelHead.Reconstruction ? Y : new TensorSpec("y", [1, 1]),
        Head = head,
        Threshold = threshold ?? new ThresholdPolicy(),
        Precision = "float32",
        Lineage = new Lineage { RunId = "test", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "test" },
    };

    public static Detector Detector(
        string model = "half", ModelHead head = ModelHead.Reconstruction, ThresholdPolicy? threshold = null, FeatureRecipe? recipe = null) =>
        new(Manifest(head, threshold, recipe), Model(model), new SessionSettings());
}

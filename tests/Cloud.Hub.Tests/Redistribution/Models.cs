using Cloud.Hub.Learning.Export;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Small real models and manifests that fit them.</summary>
internal static class Models
{
    private static readonly TensorSpec Input = new("in", [1, 2, 8]);
    private static readonly TensorSpec Output = new("out", [1, 2, 8]);

    /// <summary>A graph that gives back what it is given.</summary>
    /// <param name="name">Of the graph: another name, another digest.</param>
    /// <param name="operation">The one node.</param>
    /// <param name="input">Null: the manifest's.</param>
    public static byte[] Onnx(string name, string operation = "Identity", TensorSpec? input = null)
    {
        var graph = new OnnxGraph();
        graph.Node(operation, ["in"], "out");
        return graph.ToBytes(name, input ?? Input, Output with { Shape = (input ?? Output).Shape });
    }

    /// <summary>The entry as the registry of all kinds lists it.</summary>
    public static ArtefactEntry ToArtefact(this ModelEntry entry) => new(
        entry.Digest, ArtefactKind.Model, entry.Manifest.Name, entry.Manifest.Release, entry.PackageBytes, HardwareClass.AnyOnly, entry.AddedAt,
        entry.AddedBy, entry.Quarantined);

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
        Input = Input,
        Output = Output,
        Head = ModelHead.Reconstruction,
        Threshold = new ThresholdPolicy(),
        Precision = "float32",
        Lineage = new Lineage { RunId = "run", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "0" },
    };
}

using System.Text.Json.Serialization;

namespace Hmas.Contracts.Artefacts;

/// <summary>What the registry keeps and a rollout can bring to a device. Numbers and words are never reused.</summary>
[JsonConverter(typeof(EnumWordConverter<ArtefactKind>))]
public enum ArtefactKind
{
    /// <summary>A package: manifest, signatures and ONNX (docs/formats/model-package.md). Its digest is that of
    /// the manifest; every other kind's is that of the file.</summary>
    Model = 0,

    /// <summary>A rule file, YAML.</summary>
    Rules = 1,

    /// <summary>The agent's program.</summary>
    Agent = 2,

    /// <summary>Settings of an agent, YAML, without secrets.</summary>
    Configuration = 3,

    /// <summary>A <see cref="BundleManifest"/>: artefacts that are activated together.</summary>
    Bundle = 4,

    /// <summary>A signed archive for swupdate (.swu).</summary>
    Firmware = 5,
}

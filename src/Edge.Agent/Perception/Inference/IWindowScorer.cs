using Hmas.Contracts.Models;

namespace Edge.Agent.Perception.Inference;

/// <summary>A model ready to answer, as the inference step uses it. Not thread-safe: called under the slot's lock only.</summary>
internal interface IWindowScorer : IDisposable
{
    /// <summary>Digest of the model's package.</summary>
    string Digest { get; }

    ModelManifest Manifest { get; }

    bool IsCalibrated { get; }

    /// <summary>Meaningless before calibration.</summary>
    float Threshold { get; }

    /// <summary>Fits normalisation and threshold to healthy rows; may allocate and take as long as one inference per row.</summary>
    /// <param name="rows">Shape (N, C), row-major, channel order of the manifest.</param>
    void Calibrate(ReadOnlySpan<float> rows);

    /// <param name="window">Shape (C, T), row-major, channel order of the manifest; NaN is missing.</param>
    /// <remarks>No allocation.</remarks>
    WindowScore Score(ReadOnlySpan<float> window);

    /// <summary>Forgets smoothing and calibration: another run begins.</summary>
    void StartRun();
}

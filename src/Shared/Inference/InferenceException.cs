namespace Hmas.Inference;

/// <summary>A model that cannot be loaded, does not fit its manifest, or failed while running.</summary>
public sealed class InferenceException : Exception
{
    /// <param name="code">See <see cref="Code"/>.</param>
    public InferenceException(string code, string message)
        : base($"{code}: {message}")
    {
        Code = code;
    }

    /// <summary>
    /// ONNX Runtime's own code by its C name (<c>ORT_INVALID_GRAPH</c>, <c>ORT_INVALID_PROTOBUF</c>, …), or one of ours:
    /// <c>Name</c> (no such graph input or output), <c>Type</c> (not a float32 tensor), <c>Shape</c> (dimensions differ from the manifest),
    /// <c>Head</c> (another kind of head runs this model), <c>Recipe</c> (the manifest's recipe cannot run), <c>Threshold</c> (its
    /// threshold policy gives none), <c>Calibration</c> (no healthy window gave a finite score), <c>Probe</c> (answers recorded
    /// rows otherwise than where it was packaged), <c>Runtime</c> (another native library).
    /// </summary>
    public string Code { get; }
}

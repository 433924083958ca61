namespace Cloud.Hub.Integration.Endpoints;

/// <summary>The parts of a model upload, for the API's description.</summary>
/// <param name="Manifest">A model manifest as JSON.</param>
/// <param name="Onnx">The graph's bytes.</param>
internal sealed record ModelUpload(IFormFile Manifest, IFormFile Onnx);

namespace Cloud.Hub.Redistribution.Contract;

/// <param name="Domain">Empty: ONNX's own.</param>
public sealed record Opset(string Domain, long Version);

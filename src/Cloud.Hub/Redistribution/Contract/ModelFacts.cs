namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What a model's graph needs, and how long it took here.</summary>
/// <param name="Operators">How often each stands in the graph; of another domain than ONNX's own with the domain before it.</param>
/// <param name="HubLatencyUs">Median of 41 runs on the hub, as it came in: for comparing models with each other, not a device's figure.</param>
public sealed record ModelFacts(IReadOnlyList<Opset> Opsets, IReadOnlyDictionary<string, int> Operators, double HubLatencyUs);

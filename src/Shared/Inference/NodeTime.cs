namespace Hmas.Inference;

/// <summary>One node of an optimised graph.</summary>
/// <param name="Name">In the graph; a fused node bears the name of one of its parts.</param>
/// <param name="Operation">Kernel: <c>QLinearConv</c>, <c>Conv</c>.</param>
/// <param name="MedianUs">Of one execution, in whole microseconds of ONNX Runtime's clock.</param>
public sealed record NodeTime(string Name, string Operation, double MedianUs);

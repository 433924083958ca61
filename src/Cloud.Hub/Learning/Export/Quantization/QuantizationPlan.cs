namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Everything the graph writer needs for an int8 model.</summary>
/// <param name="Input">Of the graph's input; null where only operations in float read it.</param>
/// <param name="Outputs">Of each operation's output; null between operations in float.</param>
/// <param name="Weights">By operation; null where there are none, or where a product stays in float.</param>
internal sealed record QuantizationPlan(
    TensorQuantization? Input, IReadOnlyList<TensorQuantization?> Outputs, IReadOnlyList<WeightQuantization?> Weights);

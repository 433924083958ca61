namespace Hmas.Inference;

/// <summary>How far ONNX Runtime rewrites the graph at load; numbers as <c>GraphOptimizationLevel</c> in its C API.</summary>
public enum OptimisationLevel
{
    None = 0,
    Basic = 1,
    Extended = 2,
    All = 99,
}

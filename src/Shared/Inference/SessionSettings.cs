namespace Hmas.Inference;

/// <summary>How a session uses the machine; the defaults suit a small model beside other work on a device.</summary>
public sealed record SessionSettings
{
    /// <summary>Threads inside one operator; 1 runs on the caller's thread and starts none. Threads never spin while idle.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Keeps freed tensors in a pool of the session: faster for large models, never returned before the session ends.</summary>
    public bool Arena { get; init; }

    /// <summary>Plans one block for all tensors of a run after the first run; needs memory for the
    /// largest plan as long as the session lives.</summary>
    public bool MemoryPattern { get; init; }

    public OptimisationLevel OptimisationLevel { get; init; } = OptimisationLevel.All;

    /// <summary>Folder that keeps optimised graphs, so that a later start need not optimise again; null: none. Belongs
    /// to one machine: the graphs may hold kernels of its processor.</summary>
    public string? OptimisedModelPath { get; init; }

    /// <summary>Beginning of the path of a profile that ONNX Runtime writes when the session ends,
    /// for <see cref="ModelProfile"/>; null: none.</summary>
    public string? ProfilePrefix { get; init; }
}

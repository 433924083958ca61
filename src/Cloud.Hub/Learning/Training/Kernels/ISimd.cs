namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The few vector operations a kernel needs, so that one kernel text serves every register width.</summary>
/// <remarks>Static abstract members of a struct argument are resolved and inlined when the kernel is compiled: no call remains.</remarks>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Floats per vector.</summary>
    static abstract int Width { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(float* target, TVector value);

    static abstract TVector Broadcast(float value);

    /// <summary>a × b + c in one rounding where the hardware has it.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
}

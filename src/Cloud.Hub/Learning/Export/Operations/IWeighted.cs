namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>An operation with weights that a quantizer replaces.</summary>
internal interface IWeighted
{
    /// <summary>Output channels first.</summary>
    float[] Weights { get; }

    float[] Bias { get; }

    int OutputChannels { get; }

    /// <summary>Taps of a kernel: weights are (OutputChannels, input channels per group, KernelSize).</summary>
    int KernelSize { get; }

    int Groups { get; }

    /// <summary>Places that the same weights are applied to.</summary>
    int Positions { get; }

    /// <summary>What meets a channel's weights at a place, zeros where padding lies: its answer there is weights · patch + bias.</summary>
    /// <param name="patch">(input channels per group, KernelSize), overwritten.</param>
    void Patch(ReadOnlySpan<float> input, int position, int group, Span<float> patch);

    Operation With(float[] weights, float[] bias);
}

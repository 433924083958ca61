using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Filters between the two sides of a convolution on planes, packed for the kernels, and padded copies of either side: what a
/// convolution and its transposed twin share, who read them in opposite directions.</summary>
/// <param name="geometry">Of the convolution; of a transposed one, of that whose adjoint it is.</param>
/// <param name="biases">Output channels of the layer.</param>
internal sealed unsafe class PlaneFilters(PlaneShape geometry, int biases) : IDisposable
{
    private readonly NativeBuffer?[] _paddedInput = new NativeBuffer?[Network.MaxLanes];
    private readonly NativeBuffer?[] _paddedOutput = new NativeBuffer?[Network.MaxLanes];
    private NativeBuffer? _forward;
    private NativeBuffer? _backward;

    public PlaneShape Geometry => geometry;

    /// <summary>As the kernels order them.</summary>
    public Parameter Weight { get; } = new("weight", geometry.WeightCount);

    public Parameter Bias { get; } = new("bias", biases);

    /// <summary>(O, C / groups, K, K) of the geometry, PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => ConvolutionWeights.ToOutputFirst(geometry, Weight.Span);
        set => ConvolutionWeights.FromOutputFirst(geometry, value, Weight.Span);
    }

    /// <summary>Packed for <see cref="PlaneConvolution.Forward"/>; after <see cref="Prepare"/>.</summary>
    public float* Forward => _forward!.Pointer;

    /// <summary>Packed for <see cref="PlaneConvolution.Backward"/>; after <see cref="Prepare"/>.</summary>
    public float* Backward => _backward!.Pointer;

    /// <summary>Packs the weights as they are now.</summary>
    public void Prepare()
    {
        PlaneConvolution.PackForward(geometry, Weight.Values, (_forward ??= new NativeBuffer(PlaneConvolution.ForwardCount(geometry))).Pointer);
        PlaneConvolution.PackBackward(geometry, Weight.Values, (_backward ??= new NativeBuffer(PlaneConvolution.BackwardCount(geometry))).Pointer);
    }

    /// <summary>A sample of the geometry's input side, padded.</summary>
    public float* PaddedInput(Lane lane, float* sample) =>
        PlaneConvolution.Padded(
            ref _paddedInput[lane.Index], sample, geometry.PaddedCount, geometry.Height, geometry.Width, geometry.Channels, geometry.Padding);

    /// <summary>A sample of the geometry's output side, padded for the way back.</summary>
    public float* PaddedOutput(Lane lane, float* sample) =>
        PlaneConvolution.Padded(
            ref _paddedOutput[lane.Index], sample, geometry.GradientCount, geometry.OutputHeight, geometry.OutputWidth, geometry.Outputs,
            geometry.GradientPadding);

    public void Dispose()
    {
        foreach (var buffer in _paddedInput.Concat(_paddedOutput)) buffer?.Dispose();
        _forward?.Dispose();
        _backward?.Dispose();
    }
}

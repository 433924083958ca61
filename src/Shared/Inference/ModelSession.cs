using Hmas.Contracts.Models;
using Hmas.Inference.Native;

namespace Hmas.Inference;

/// <summary>A loaded model with one float32 input and one float32 output, both bound once to fixed memory: fill
/// <see cref="Input"/>, <see cref="Run"/>, read <see cref="Output"/>.</summary>
/// <remarks>0 managed bytes per run. One thread at a time.</remarks>
public sealed unsafe class ModelSession : IDisposable
{
    private readonly OrtApi _api;
    private readonly OrtHandle _session;
    private readonly BoundTensor _input;
    private readonly BoundTensor _output;
    private readonly OrtHandle _binding;

    // The tensors' own, a step nearer: after a run of the model each step is a miss in the processor's nearest cache.
    private readonly float[] _inputValues;
    private readonly float[] _outputValues;

    /// <summary>Loads the model and checks its graph against the manifest's tensors.</summary>
    /// <param name="onnx">The model; not kept.</param>
    /// <exception cref="InferenceException">ONNX Runtime refuses the model, or its tensors are not those of the manifest.</exception>
    public ModelSession(ReadOnlySpan<byte> onnx, TensorSpec input, TensorSpec output, SessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(settings);
        _api = OrtApi.Instance;
        _session = SessionLoader.Load(_api, onnx, settings);
        try
        {
            GraphCheck.Verify(_api, _session, input, output);
            _input = new BoundTensor(_api, input);
            _output = new BoundTensor(_api, output);
            _binding = _api.CreateIoBinding(_session, _input, _output);
            (_inputValues, _outputValues) = (_input.Values, _output.Values);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Flat values of the input, row-major; kept between runs.</summary>
    public Span<float> Input => _inputValues;

    /// <summary>Flat values of the output of the last run, row-major; overwritten by the next.</summary>
    public ReadOnlySpan<float> Output => _outputValues;

    /// <exception cref="InferenceException">ONNX Runtime failed; the output is undefined.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public void Run() => _api.Run(_session, _binding);

    public void Dispose()
    {
        _binding?.Dispose();
        _input?.Dispose();
        _output?.Dispose();
        _session.Dispose();
    }
}

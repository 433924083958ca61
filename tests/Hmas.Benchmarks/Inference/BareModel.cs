using System.Reflection;
using System.Runtime.InteropServices;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Hmas.Benchmarks.Inference;

/// <summary>The peer: one model through ONNX Runtime's C API and nothing else, with the options
/// of <see cref="SessionSettings"/>'s defaults.</summary>
/// <remarks>Slots of <c>struct OrtApi</c> counted in <c>onnxruntime_c_api.h</c> 1.31.1. Lives as
/// long as the benchmark process; releases nothing.</remarks>
internal sealed unsafe class BareModel
{
    private readonly void** _api;
    private readonly nint _session;
    private readonly nint _input;
    private readonly nint _output;
    private readonly byte* _inputName;
    private readonly byte* _outputName;

    public BareModel(ReadOnlySpan<byte> model, TensorSpec input, TensorSpec output)
    {
        NativeRuntime.DisableTelemetry();
        var library = NativeLibrary.Load("onnxruntime", Assembly.GetExecutingAssembly(), null);
        var apiBase = ((delegate* unmanaged<void**>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        _api = ((delegate* unmanaged<uint, void**>)apiBase[0])(31);
        nint environment, options, session, memory;
        _inputName = (byte*)Marshal.StringToCoTaskMemUTF8(input.Name);
        _outputName = (byte*)Marshal.StringToCoTaskMemUTF8(output.Name);
        Check(((delegate* unmanaged<int, byte*, nint*, nint>)_api[3])(4, _inputName, &environment));
        Check(((delegate* unmanaged<nint*, nint>)_api[10])(&options));
        Check(((delegate* unmanaged<nint, int, nint>)_api[24])(options, 1));
        Check(((delegate* unmanaged<nint, nint>)_api[19])(options));
        Check(((delegate* unmanaged<nint, nint>)_api[17])(options));
        fixed (byte* bytes = model)
            Check(((delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)_api[8])(environment, bytes, (nuint)model.Length, options, &session));
        _session = session;
        Check(((delegate* unmanaged<int, int, nint*, nint>)_api[69])(0, 0, &memory));
        _input = Tensor(memory, input);
        _output = Tensor(memory, output);
    }

    public void Run()
    {
        var (inputName, outputName, input, output) = ((nint)_inputName, (nint)_outputName, _input, _output);
        Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_api[9])(
            _session, 0, &inputName, &input, 1, &outputName, 1, &output));
    }

    private nint Tensor(nint memory, TensorSpec spec)
    {
        long[] shape = [.. spec.Shape.Select(static dimension => (long)dimension)];
        var bytes = (nuint)(shape.Aggregate(1L, (product, dimension) => product * dimension) * sizeof(float));
        nint value;
        fixed (long* dimensions = shape)
            Check(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_api[49])(
                memory, NativeMemory.AllocZeroed(bytes), bytes, dimensions, (nuint)shape.Length, 1, &value));
        return value;
    }

    private static void Check(nint status)
    {
        if (status != 0)
            throw new InvalidOperationException("ONNX Runtime refused.");
    }
}

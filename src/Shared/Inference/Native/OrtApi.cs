using System.Runtime.InteropServices;
using System.Text;

namespace Hmas.Inference.Native;

/// <summary>The functions of ONNX Runtime's C API that a session needs, called straight from its table: no marshalling, so no allocation.</summary>
/// <remarks>
/// Names, order and numbers as in <c>onnxruntime_c_api.h</c> of ONNX Runtime 1.31.1 (ORT_API_VERSION 31). The table only ever grows at its end,
/// so a slot keeps its meaning in later versions. One instance for the process; thread-safe.
/// </remarks>
internal sealed unsafe partial class OrtApi
{
    private const uint Version = 31;

    // Failures come back as a status and become exceptions; the library's own lines on stderr would only repeat them.
    private const int LoggingLevelFatal = 4;
    private const int DeviceAllocator = 0;
    private const int MemTypeDefault = 0;

    /// <summary>ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT.</summary>
    public const int ElementTypeFloat = 1;

    private static readonly Lazy<OrtApi> LazyInstance = new(() => new OrtApi());

    private readonly void** _table;

    private OrtApi()
    {
        // The library reads the variable once, while it is being loaded.
        NativeRuntime.DisableTelemetry();
        var apiBase = OrtGetApiBase();
        RuntimeVersion = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apiBase[1])()) ?? "unknown";
        _table = ((delegate* unmanaged<uint, void**>)apiBase[0])(Version);
        if (_table == null)
            throw new InferenceException("Runtime", $"ONNX Runtime {RuntimeVersion} does not offer C API version {Version}.");

        nint env;
        fixed (byte* name = "hmas\0"u8)
            Check(((delegate* unmanaged<int, byte*, nint*, nint>)_table[Slot.CreateEnv])(LoggingLevelFatal, name, &env));
        Env = env;
        Check(((delegate* unmanaged<nint, nint>)_table[Slot.DisableTelemetryEvents])(env));
        nint allocator, memory;
        Check(((delegate* unmanaged<nint*, nint>)_table[Slot.GetAllocatorWithDefaultOptions])(&allocator));
        Allocator = allocator;
        Check(((delegate* unmanaged<int, int, nint*, nint>)_table[Slot.CreateCpuMemoryInfo])(DeviceAllocator, MemTypeDefault, &memory));
        CpuMemory = memory;
    }

    /// <exception cref="InferenceException">The native library offers another API version.</exception>
    /// <exception cref="DllNotFoundException">The native library is not beside the program.</exception>
    public static OrtApi Instance => LazyInstance.Value;

    public string RuntimeVersion { get; }

    // One environment for the process, never released: sessions may outlive any owner, and the library keeps one anyway.
    private nint Env { get; }

    private nint Allocator { get; }

    private nint CpuMemory { get; }

    public OrtHandle CreateSessionOptions()
    {
        nint options;
        Check(((delegate* unmanaged<nint*, nint>)_table[Slot.CreateSessionOptions])(&options));
        return new OrtHandle(this, Slot.ReleaseSessionOptions, options);
    }

    public void SetIntraOpNumThreads(OrtHandle options, int threads) => CallWithInt(Slot.SetIntraOpNumThreads, options, threads);

    public void SetInterOpNumThreads(OrtHandle options, int threads) => CallWithInt(Slot.SetInterOpNumThreads, options, threads);

    public void SetSessionGraphOptimizationLevel(OrtHandle options, int level) => CallWithInt(Slot.SetSessionGraphOptimizationLevel, options, level);

    public void SetCpuMemArena(OrtHandle options, bool on) => Call(on ? Slot.EnableCpuMemArena : Slot.DisableCpuMemArena, options);

    public void SetMemPattern(OrtHandle options, bool on) => Call(on ? Slot.EnableMemPattern : Slot.DisableMemPattern, options);

    public void AddSessionConfigEntry(OrtHandle options, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyPointer = key, valuePointer = value)
            Check(((delegate* unmanaged<nint, byte*, byte*, nint>)_table[Slot.AddSessionConfigEntry])(options.Value, keyPointer, valuePointer));
    }

    public void SetOptimizedModelFilePath(OrtHandle options, string path) => CallWithPath(Slot.SetOptimizedModelFilePath, options, path);

    /// <summary>The session writes what ran and how long to a file with this beginning when it is released.</summary>
    public void EnableProfiling(OrtHandle options, string prefix) => CallWithPath(Slot.EnableProfiling, options, prefix);

    /// <summary>Reads the model; the bytes are not kept.</summary>
    public OrtHandle CreateSession(ReadOnlySpan<byte> model, OrtHandle options)
    {
        nint session;
        fixed (byte* pointer = model)
            Check(((delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)_table[Slot.CreateSessionFromArray])(
                Env, pointer, (nuint)model.Length, options.Value, &session));
        return new OrtHandle(this, Slot.ReleaseSession, session);
    }

    public int SessionGetCount(OrtHandle session, bool outputs)
    {
        nuint count;
        Check(((delegate* unmanaged<nint, nuint*, nint>)_table[outputs ? Slot.SessionGetOutputCount : Slot.SessionGetInputCount])(
            session.Value, &count));
        return (int)count;
    }

    public string SessionGetName(OrtHandle session, int index, bool outputs)
    {
        byte* name;
        Check(((delegate* unmanaged<nint, nuint, nint, byte**, nint>)_table[outputs ? Slot.SessionGetOutputName : Slot.SessionGetInputName])(
            session.Value, (nuint)index, Allocator, &name));
        var text = Marshal.PtrToStringUTF8((nint)name) ?? "";
        Check(((delegate* unmanaged<nint, void*, nint>)_table[Slot.AllocatorFree])(Allocator, name));
        return text;
    }

    /// <summary>Element type and dimensions of a graph input or output; a dimension left open by the model is −1. Null: not a tensor.</summary>
    public (int ElementType, long[] Dimensions)? SessionGetTensor(OrtHandle session, int index, bool outputs)
    {
        nint typeInfo;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)_table[outputs ? Slot.SessionGetOutputTypeInfo : Slot.SessionGetInputTypeInfo])(
            session.Value, (nuint)index, &typeInfo));
        try
        {
            // Owned by the type info.
            nint tensor;
            Check(((delegate* unmanaged<nint, nint*, nint>)_table[Slot.CastTypeInfoToTensorInfo])(typeInfo, &tensor));
            if (tensor == 0)
                return null;
            int elementType;
            nuint rank;
            Check(((delegate* unmanaged<nint, int*, nint>)_table[Slot.GetTensorElementType])(tensor, &elementType));
            Check(((delegate* unmanaged<nint, nuint*, nint>)_table[Slot.GetDimensionsCount])(tensor, &rank));
            var dimensions = new long[rank];
            fixed (long* pointer = dimensions)
                Check(((delegate* unmanaged<nint, long*, nuint, nint>)_table[Slot.GetDimensions])(tensor, pointer, rank));
            return (elementType, dimensions);
        }
        finally
        {
            Release(Slot.ReleaseTypeInfo, typeInfo);
        }
    }

    /// <summary>A tensor over the caller's memory, which must stay in place until the value is released.</summary>
    public OrtHandle CreateTensor(float* data, int length, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* shapePointer = shape)
        {
            Check(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_table[Slot.CreateTensorWithDataAsOrtValue])(
                CpuMemory, data, (nuint)length * sizeof(float), shapePointer, (nuint)shape.Length, ElementTypeFloat, &value));
        }
        return new OrtHandle(this, Slot.ReleaseValue, value);
    }

    /// <summary>Input and output of every run, looked up by name once.</summary>
    public OrtHandle CreateIoBinding(OrtHandle session, BoundTensor input, BoundTensor output)
    {
        nint created;
        Check(((delegate* unmanaged<nint, nint*, nint>)_table[Slot.CreateIoBinding])(session.Value, &created));
        var binding = new OrtHandle(this, Slot.ReleaseIoBinding, created);
        try
        {
            Check(((delegate* unmanaged<nint, byte*, nint, nint>)_table[Slot.BindInput])(created, input.Name, input.Handle.Value));
            Check(((delegate* unmanaged<nint, byte*, nint, nint>)_table[Slot.BindOutput])(created, output.Name, output.Handle.Value));
            return binding;
        }
        catch
        {
            binding.Dispose();
            throw;
        }
    }

    /// <summary>One run on what is bound, without options; no allocation on this side.</summary>
    public void Run(OrtHandle session, OrtHandle binding) =>
        Check(((delegate* unmanaged<nint, nint, nint, nint>)_table[Slot.RunWithBinding])(session.Value, 0, binding.Value));

    /// <param name="slot">The release function of the handle's kind.</param>
    public void Release(int slot, nint target) => ((delegate* unmanaged<nint, void>)_table[slot])(target);

    [LibraryImport("onnxruntime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial void** OrtGetApiBase();

    private void Call(int slot, OrtHandle target) => Check(((delegate* unmanaged<nint, nint>)_table[slot])(target.Value));

    private void CallWithInt(int slot, OrtHandle target, int value) =>
        Check(((delegate* unmanaged<nint, int, nint>)_table[slot])(target.Value, value));

    private void CallWithPath(int slot, OrtHandle target, string path)
    {
        // ORTCHAR_T: UTF-16 on Windows, bytes elsewhere.
        var bytes = OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(path + '\0') : Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* pointer = bytes)
            Check(((delegate* unmanaged<nint, byte*, nint>)_table[slot])(target.Value, pointer));
    }

    /// <summary>Every status passes here: null is success, anything else is read, released and thrown.</summary>
    private void Check(nint status)
    {
        if (status != 0)
            Throw(status);
    }

    private void Throw(nint status)
    {
        var code = ((delegate* unmanaged<nint, int>)_table[Slot.GetErrorCode])(status);
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<nint, byte*>)_table[Slot.GetErrorMessage])(status)) ?? "no message";
        Release(Slot.ReleaseStatus, status);
        throw new InferenceException(OrtErrorCode.NameOf(code), message);
    }
}

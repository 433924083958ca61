using System.Runtime.InteropServices;

namespace Hmas.Inference.Native;

/// <summary>Owns one object of ONNX Runtime and releases it with the function of its kind, once, also when an owner forgets.</summary>
internal sealed class OrtHandle : SafeHandle
{
    private readonly OrtApi _api;
    private readonly int _releaseSlot;

    public OrtHandle(OrtApi api, int releaseSlot, nint value)
        : base(0, ownsHandle: true)
    {
        _api = api;
        _releaseSlot = releaseSlot;
        SetHandle(value);
    }

    /// <exception cref="ObjectDisposedException">Released already.</exception>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        _api.Release(_releaseSlot, handle);
        return true;
    }
}

using System.Text;
using Hmas.Contracts.Models;
using Hmas.Inference.Native;

namespace Hmas.Inference;

/// <summary>A float32 tensor over memory that the collector never moves, with its name as C reads it.</summary>
internal sealed unsafe class BoundTensor : IDisposable
{
    private readonly float[] _values;
    private readonly byte[] _name;

    public BoundTensor(OrtApi api, TensorSpec spec)
    {
        var length = 1;
        var shape = new long[spec.Shape.Count];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = spec.Shape[i];
            length = checked(length * spec.Shape[i]);
        }
        _values = GC.AllocateArray<float>(length, pinned: true);
        _name = GC.AllocateArray<byte>(Encoding.UTF8.GetByteCount(spec.Name) + 1, pinned: true);
        Encoding.UTF8.GetBytes(spec.Name, _name);
        fixed (byte* name = _name)
            Name = name;
        fixed (float* values = _values)
            Handle = api.CreateTensor(values, length, shape);
    }

    public float[] Values => _values;

    /// <summary>Zero-terminated; pinned, so it stays valid beyond its <c>fixed</c>, as the values do.</summary>
    public byte* Name { get; }

    public OrtHandle Handle { get; }

    public void Dispose() => Handle.Dispose();
}

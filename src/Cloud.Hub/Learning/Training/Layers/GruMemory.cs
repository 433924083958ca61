namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>What a lane of a recurrent layer keeps between Forward and Backward: (samples, L, 3H) of
/// each side of the gates, and a state's gradient.</summary>
internal sealed unsafe class GruMemory(int samples, int length, int units) : IDisposable
{
    private readonly NativeBuffer _inputGates = new(samples * length * 3 * units);
    private readonly NativeBuffer _stateGates = new(samples * length * 3 * units);
    private readonly NativeBuffer _carry = new(samples * units);

    public float* InputGates => _inputGates.Pointer;

    public float* StateGates => _stateGates.Pointer;

    public float* Carry => _carry.Pointer;

    /// <summary>The memory in a place, made anew when it is too small for so many samples.</summary>
    public static GruMemory For(ref GruMemory? place, int samples, int length, int units)
    {
        if (place is not null && place._carry.Length >= samples * units) return place;
        place?.Dispose();
        return place = new GruMemory(samples, length, units);
    }

    public void Dispose()
    {
        _inputGates.Dispose();
        _stateGates.Dispose();
        _carry.Dispose();
    }
}

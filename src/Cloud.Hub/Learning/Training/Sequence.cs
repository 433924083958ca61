namespace Cloud.Hub.Learning.Training;

/// <summary>A batch of samples (B, Length, Channels), channels innermost, each sample between its halos. Halo rows are zero and stay so.</summary>
internal sealed unsafe class Sequence : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly Halo _halo;

    public Sequence(int batch, Shape shape, Halo halo = default)
    {
        Batch = batch;
        Shape = shape;
        _halo = halo;
        SampleStride = (halo.Left + shape.Length + halo.Right) * shape.Channels;
        _buffer = new NativeBuffer(checked(batch * SampleStride));
    }

    public int Batch { get; }

    public Shape Shape { get; }

    /// <summary>Floats from one sample to the next.</summary>
    public int SampleStride { get; }

    /// <summary>First row of the sample's interior.</summary>
    public float* Sample(int index) => _buffer.Pointer + ((long)index * SampleStride) + (_halo.Left * Shape.Channels);

    public Span<float> SampleSpan(int index) => new(Sample(index), Shape.Count);

    public void Dispose() => _buffer.Dispose();
}

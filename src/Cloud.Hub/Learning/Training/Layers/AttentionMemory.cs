namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>What a lane of an attention layer keeps between Forward and Backward: queries, keys and values (samples, L, 3C), shares
/// (samples, heads, L, L), mixed values (samples, L, C); and one sample's gradient.</summary>
internal sealed unsafe class AttentionMemory(int samples, Shape shape, int heads) : IDisposable
{
    private readonly NativeBuffer _projected = new(samples * shape.Count * 3);
    private readonly NativeBuffer _shares = new(samples * heads * shape.Length * shape.Length);
    private readonly NativeBuffer _mixed = new(samples * shape.Count);
    private readonly NativeBuffer _gradient = new(shape.Count * 3);
    private readonly float[] _scores = new float[shape.Length];
    private readonly int _samples = samples;

    private int HeadChannels => shape.Channels / heads;

    /// <summary>(L, 3C) of a sample's gradient.</summary>
    public float* ProjectedGradient => _gradient.Pointer;

    public Span<float> ProjectedGradientSpan => _gradient.Span;

    /// <summary>(L,) for passing use.</summary>
    public float[] Scores => _scores;

    /// <summary>The memory in a place, made anew when it is too small for so many samples.</summary>
    public static AttentionMemory For(ref AttentionMemory? place, int samples, Shape shape, int heads)
    {
        if (place is not null && place._samples >= samples) return place;
        place?.Dispose();
        return place = new AttentionMemory(samples, shape, heads);
    }

    public float* Projected(int sample) => _projected.Pointer + (sample * shape.Count * 3);

    public float* AllMixed(int sample) => _mixed.Pointer + (sample * shape.Count);

    public Span<float> Query(int sample, int head, int row) => Part(Projected(sample), 0, head, row);

    public Span<float> Key(int sample, int head, int row) => Part(Projected(sample), 1, head, row);

    public Span<float> Value(int sample, int head, int row) => Part(Projected(sample), 2, head, row);

    public Span<float> QueryGradient(int head, int row) => Part(ProjectedGradient, 0, head, row);

    public Span<float> KeyGradient(int head, int row) => Part(ProjectedGradient, 1, head, row);

    public Span<float> ValueGradient(int head, int row) => Part(ProjectedGradient, 2, head, row);

    /// <summary>(L,): how much of each row a row takes.</summary>
    public Span<float> Shares(int sample, int head, int row) =>
        new(_shares.Pointer + ((((sample * heads) + head) * shape.Length) + row) * shape.Length, shape.Length);

    public Span<float> Mixed(int sample, int head, int row) => new(AllMixed(sample) + (row * shape.Channels) + (head * HeadChannels), HeadChannels);

    public void Dispose()
    {
        foreach (var buffer in new[] { _projected, _shares, _mixed, _gradient }) buffer.Dispose();
    }

    private Span<float> Part(float* rows, int part, int head, int row) =>
        new(rows + (((row * 3) + part) * shape.Channels) + (head * HeadChannels), HeadChannels);
}

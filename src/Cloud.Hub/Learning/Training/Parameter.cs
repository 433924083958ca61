namespace Cloud.Hub.Learning.Training;

/// <summary>A stretch of the network's flat values that one layer owns.</summary>
/// <param name="name">Unique within its layer.</param>
internal sealed unsafe class Parameter(string name, int count)
{
    public string Name { get; } = name;

    public int Count { get; } = count;

    /// <summary>Place in the flat values, and in every lane's gradients.</summary>
    public int Offset { get; private set; }

    public float* Values { get; private set; }

    public Span<float> Span => new(Values, Count);

    public void Attach(float* values, int offset)
    {
        Values = values + offset;
        Offset = offset;
    }
}

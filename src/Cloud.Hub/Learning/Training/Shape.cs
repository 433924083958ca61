namespace Cloud.Hub.Learning.Training;

/// <summary>Shape of one sample inside the engine, time-major: (Length, Channels). A plain vector is (1, F).</summary>
internal readonly record struct Shape(int Length, int Channels)
{
    public int Count => Length * Channels;

    public override string ToString() => $"({Length}, {Channels})";
}

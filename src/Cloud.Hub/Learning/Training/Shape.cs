namespace Cloud.Hub.Learning.Training;

/// <summary>Shape of one sample inside the engine, channels innermost: (Length, Channels) over time, (Height
/// × Width, Channels) for a plane. A plain vector is (1, F).</summary>
/// <param name="Length">Rows in time; of a plane its pixels, row by row.</param>
/// <param name="Width">Pixels in a row of a plane; 1 for what is no plane.</param>
internal readonly record struct Shape(int Length, int Channels, int Width = 1)
{
    public int Count => Length * Channels;

    public int Height => Length / Width;

    public override string ToString() => Width == 1 ? $"({Length}, {Channels})" : $"({Height} × {Width}, {Channels})";
}

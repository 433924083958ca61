namespace Cloud.Hub.Learning.Training;

/// <summary>Zero rows before and behind each sample, so that padding costs a convolution no branch and no copy.</summary>
internal readonly record struct Halo(int Left, int Right)
{
    public Halo Union(Halo other) => new(Math.Max(Left, other.Left), Math.Max(Right, other.Right));
}

namespace Cloud.Hub.Learning.Training;

/// <summary>A fit left the finite numbers: where it was seen first.</summary>
/// <param name="Epoch">1-based.</param>
/// <param name="Step">1-based within the epoch.</param>
/// <param name="Where">Layer and value, or the loss.</param>
internal sealed record Divergence(int Epoch, int Step, string Where)
{
    public override string ToString() => $"diverged in epoch {Epoch}, step {Step}: {Where}";
}

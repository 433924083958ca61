namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>Learning rate over a run: rises in a line over the warm-up, then falls along half a
/// cosine (Loshchilov and Hutter 2017) to a floor.</summary>
/// <param name="Peak">Rate at the end of the warm-up.</param>
/// <param name="WarmupSteps">0: none.</param>
/// <param name="TotalSteps">Length of the run.</param>
/// <param name="FloorShare">Share of the peak that is left at the end; 1 keeps the rate as it is.</param>
internal sealed record WarmupCosine(float Peak, long WarmupSteps, long TotalSteps, float FloorShare = 0.05f)
{
    /// <param name="step">0-based.</param>
    public float At(long step)
    {
        if (step < WarmupSteps) return Peak * (step + 1) / WarmupSteps;
        var progress = Math.Min(1.0, (double)(step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps));
        var share = FloorShare + ((1 - FloorShare) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
        return (float)(Peak * share);
    }
}

namespace Hmas.Inference;

/// <summary>How long a machine still runs, as a model tells it, in seconds.</summary>
/// <param name="Low">Lower end of the band; at least 0.</param>
/// <param name="Median">As likely too long as too short.</param>
/// <param name="High">Upper end of the band; at the horizon it means: or longer.</param>
public readonly record struct LifeEstimate(float Low, float Median, float High)
{
    /// <summary>Every quantile was a finite number.</summary>
    public bool IsValid => float.IsFinite(Median);
}

using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Classes;

/// <summary>The prediction set that held-out truth asks for: split conformal prediction with 1 − probability of
/// the true class as score (Sadinle, Lei and Wasserman 2019).</summary>
internal static class ConformalSet
{
    /// <param name="logits">Of samples that neither the fit nor the temperature saw, one row a sample.</param>
    /// <param name="coverage">Over 0, below 1.</param>
    /// <returns>Null when there are too few samples to promise it.</returns>
    public static PredictionSet? Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> classes, double temperature, double coverage)
    {
        // The coverage must hold for the next sample too, which may be the worst so far.
        var rank = (int)Math.Ceiling((logits.Count + 1) * coverage);
        if (rank > logits.Count) return null;
        var probabilities = logits.Select((row, i) => Probability(row, classes[i], temperature)).OrderDescending().ToArray();
        return new PredictionSet(coverage, probabilities[rank - 1]);
    }

    public static double Probability(float[] logits, int index, double temperature)
    {
        var largest = logits.Max();
        return Math.Exp((logits[index] - largest) / temperature) / logits.Sum(x => Math.Exp((x - largest) / temperature));
    }
}

using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>Which unlabelled windows to send for labels: those nearest to the centres of as many clusters, so
/// that every kind of window there is gets asked about once.</summary>
/// <remarks>Lloyd 1982 from farthest-first starts (Gonzalez 1985): deterministic, no seed. Looks
/// at all rows given, at none of their labels.</remarks>
internal static class LabelChoice
{
    private const int Rounds = 20;

    /// <param name="rows">Standardised features; at least one.</param>
    /// <returns>At most <paramref name="count"/> indices, ascending, none twice.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<float[]> rows, int count)
    {
        var centres = Starts(rows, count);
        var nearest = new int[rows.Count];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < nearest.Length; i++) nearest[i] = Nearest(centres, rows[i]);
            for (var c = 0; c < centres.Length; c++)
            {
                var members = nearest.Count(n => n == c);
                if (members == 0) continue;
                var mean = new float[rows[0].Length];
                for (var i = 0; i < nearest.Length; i++)
                {
                    if (nearest[i] == c) TensorPrimitives.Add(mean, rows[i], mean);
                }

                TensorPrimitives.Divide(mean, members, centres[c]);
            }
        }

        return [.. centres.Select(centre => Nearest(rows, centre)).Distinct().Order()];
    }

    private static float[][] Starts(IReadOnlyList<float[]> rows, int count)
    {
        var mean = new float[rows[0].Length];
        foreach (var row in rows) TensorPrimitives.Add(mean, row, mean);
        TensorPrimitives.Divide(mean, rows.Count, mean);
        var chosen = new List<int> { Nearest(rows, mean) };
        var distances = rows.Select(row => TensorPrimitives.Distance<float>(row, rows[chosen[0]])).ToArray();
        while (chosen.Count < Math.Min(count, rows.Count))
        {
            var farthest = TensorPrimitives.IndexOfMax<float>(distances);
            chosen.Add(farthest);
            for (var i = 0; i < distances.Length; i++)
                distances[i] = Math.Min(distances[i], TensorPrimitives.Distance<float>(rows[i], rows[farthest]));
        }

        return [.. chosen.Select(i => (float[])rows[i].Clone())];
    }

    private static int Nearest(IReadOnlyList<float[]> candidates, float[] row)
    {
        var (best, distance) = (0, float.PositiveInfinity);
        for (var i = 0; i < candidates.Count; i++)
        {
            var d = TensorPrimitives.Distance<float>(candidates[i], row);
            if (d < distance) (best, distance) = (i, d);
        }

        return best;
    }
}

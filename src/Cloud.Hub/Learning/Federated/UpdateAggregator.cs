using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Federated;

/// <summary>Joins the updates of a round. Pure.</summary>
internal static class UpdateAggregator
{
    /// <param name="updates">At least one, all of one length; not changed.</param>
    public static float[] Join(IReadOnlyList<ClientUpdate> updates, FederatedSettings settings) =>
        settings.Aggregation == Aggregation.Mean ? Mean(updates, settings.MaxWeight) : Ordered(updates, settings);

    private static float[] Mean(IReadOnlyList<ClientUpdate> updates, int maxWeight)
    {
        var sum = new float[updates[0].Delta.Length];
        var total = 0f;
        foreach (var update in updates)
        {
            var weight = (float)Math.Min(maxWeight, update.Samples);
            TensorPrimitives.MultiplyAdd(update.Delta, weight, sum, sum);
            total += weight;
        }

        TensorPrimitives.Divide(sum, total, sum);
        return sum;
    }

    /// <summary>Weights are left out on purpose: a device names its own.</summary>
    private static float[] Ordered(IReadOnlyList<ClientUpdate> updates, FederatedSettings settings)
    {
        var joined = new float[updates[0].Delta.Length];
        var column = new float[updates.Count];
        var cut = settings.Aggregation == Aggregation.Median
            ? (updates.Count - 1) / 2
            : Math.Min((updates.Count - 1) / 2, (int)Math.Ceiling(settings.TrimShare * updates.Count));
        for (var i = 0; i < joined.Length; i++)
        {
            for (var u = 0; u < column.Length; u++) column[u] = updates[u].Delta[i];
            Array.Sort(column);
            var kept = column.AsSpan(cut, column.Length - (2 * cut));
            joined[i] = TensorPrimitives.Sum<float>(kept) / kept.Length;
        }

        return joined;
    }
}

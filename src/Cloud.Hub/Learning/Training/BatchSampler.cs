namespace Cloud.Hub.Learning.Training;

/// <summary>Cuts an epoch into batches: each new sample once, in shuffled order, and a fixed share of every batch drawn from replay.</summary>
internal sealed class BatchSampler(int fresh, int replay, int batch, float replayShare)
{
    private readonly int[] _order = [.. Enumerable.Range(0, fresh)];
    private readonly int _freshPerBatch = replay == 0 ? batch : Math.Max(1, batch - (int)MathF.Round(batch * replayShare));

    public int Batches => (fresh + _freshPerBatch - 1) / _freshPerBatch;

    public void Shuffle(SeededRandom random)
    {
        // From the same start every time, so that an epoch depends on the random state alone and a resumed fit sees the same order.
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        random.Shuffle(_order);
    }

    /// <summary>Samples of a batch: indices of new ones, or ~index of replayed ones. Returns how many.</summary>
    public int Take(int index, SeededRandom random, Span<int> samples)
    {
        var from = index * _freshPerBatch;
        var count = Math.Min(_freshPerBatch, fresh - from);
        _order.AsSpan(from, count).CopyTo(samples);
        if (replay == 0) return count;
        var wanted = (int)((long)(batch - _freshPerBatch) * count / _freshPerBatch);
        for (var i = 0; i < wanted; i++) samples[count + i] = ~random.Next(replay);
        return count + wanted;
    }
}

using Edge.Agent.Perception.Windows;

namespace Edge.Agent.Reasoning;

/// <summary>Summary of a channel's newest frames, kept up with each frame at the cost of a few additions however far back it looks.</summary>
/// <remarks>
/// The frames of a run are cut into blocks of 64. The window is the end of one block, whole blocks, and the beginning of the newest one: the
/// ends are summed once for every place where the window may begin in its block, what lies behind it anew once a block. Nothing is ever
/// subtracted, so no rounding piles up and an infinite value leaves with its frame.
/// </remarks>
internal sealed class SlidingSummary(int channel, int frames)
{
    private const int Block = 64;

    // Of the block in which the window begins: its frames from each one on.
    private readonly ValueSummary[] _ends = new ValueSummary[Block];

    // Ring, a place being the block's number mod the length.
    private readonly ValueSummary[] _blocks = new ValueSummary[(frames / Block) + 2];

    // All behind the block in which the window begins: whole blocks and the beginning of the newest one.
    private ValueSummary _later;
    private long _newest = -1;

    /// <summary>Whether such a signal is kept up: those that two summaries make one of, over more than a block.</summary>
    public static bool Fits(RuleSignal signal) =>
        signal.Frames > Block
        && signal.Kind is SignalKind.Mean or SignalKind.Min or SignalKind.Max or SignalKind.Rms or SignalKind.CrestFactor;

    /// <returns>NaN when the history does not reach back that far or holds no value.</returns>
    public float Of(SignalKind kind, FrameHistory history)
    {
        if (history.Contiguous < frames)
        {
            _newest = -1;
            return float.NaN;
        }

        var newest = history.Frames - 1;
        if (_newest != newest)
        {
            if (_newest >= 0 && _newest == newest - 1) Step(history, newest);
            else Begin(history, newest);
            _newest = newest;
        }

        return ValueSummary.Of(kind, _ends[(newest - frames + 1) % Block], _later);
    }

    private void Step(FrameHistory history, long newest)
    {
        var first = newest - frames + 1;
        var isNewBlock = newest % Block == 0;
        var leavesBlock = first % Block == 0;
        if (!isNewBlock && !leavesBlock)
        {
            _later.Add(history.LastValue[channel]);
            return;
        }

        if (isNewBlock) SumBlock(history, (newest / Block) - 1);
        if (leavesBlock) SumEnds(history, first);
        SumLater(history, first, newest);
    }

    private void Begin(FrameHistory history, long newest)
    {
        var first = newest - frames + 1;
        SumEnds(history, first);
        for (var block = (first / Block) + 1; block < newest / Block; block++) SumBlock(history, block);
        SumLater(history, first, newest);
    }

    private void SumEnds(FrameHistory history, long first)
    {
        var end = ValueSummary.Empty;
        for (var frame = ((first / Block) + 1) * Block; frame-- > first;)
        {
            end.Add(history.Value(channel, frame));
            _ends[frame % Block] = end;
        }
    }

    private void SumBlock(FrameHistory history, long block) => Place(block) = Sum(history, block * Block, ((block + 1) * Block) - 1);

    private void SumLater(FrameHistory history, long first, long newest)
    {
        _later = ValueSummary.Empty;
        for (var block = (first / Block) + 1; block < newest / Block; block++) _later.Add(Place(block));
        _later.Add(Sum(history, newest / Block * Block, newest));
    }

    private ref ValueSummary Place(long block) => ref _blocks[block % _blocks.Length];

    private ValueSummary Sum(FrameHistory history, long from, long to)
    {
        var sum = ValueSummary.Empty;
        for (var frame = from; frame <= to; frame++) sum.Add(history.Value(channel, frame));
        return sum;
    }
}

using System.Runtime.CompilerServices;
using Edge.Agent.Perception.Windows;

namespace Edge.Agent.Reasoning;

/// <summary>Summaries of channels' newest frames, kept up with each frame at the cost of a few additions however far they look back.</summary>
/// <remarks>
/// The frames of a run are cut into blocks of 64. A window is the end of one block, whole blocks, and the beginning of the newest one: the
/// ends are summed once for every place where the window may begin in its block, what lies behind it anew once a block. Nothing is ever
/// subtracted, so no rounding piles up and an infinite value leaves with its frame. What a frame reads lies in one piece: little of it is left
/// in the processor's caches after a run of the model.
/// </remarks>
internal sealed class SlidingSummaries
{
    private const int Block = 64;

    private readonly Window[] _windows;

    // Of each window, the block in which it begins: its frames from each one on.
    private readonly ValueSummary[] _ends;
    private long _newest = -1;

    /// <param name="signals">Those that <see cref="Fits"/>, each with the place of its number.</param>
    public SlidingSummaries(IEnumerable<(int Index, RuleSignal Signal)> signals)
    {
        _windows = [.. signals.Select(static at => new Window(at.Index, at.Signal))];
        _ends = new ValueSummary[_windows.Length * Block];
    }

    /// <summary>Whether such a signal is kept up: those that two summaries make one of, over more than a block.</summary>
    public static bool Fits(RuleSignal signal) =>
        signal.Frames > Block
        && signal.Kind is SignalKind.Mean or SignalKind.Min or SignalKind.Max or SignalKind.Rms or SignalKind.CrestFactor;

    /// <param name="values">Each signal's place is overwritten; NaN where the history does not reach back that far or holds no value.</param>
    public void Read(FrameHistory history, Span<float> values)
    {
        var newest = history.Frames - 1;
        var steps = newest - _newest;
        _newest = newest;
        // Since the frame before, and without a gap: a window that reached back far enough does so still.
        var follows = steps == 1 && history.Contiguous > 1;
        for (var i = 0; i < _windows.Length; i++)
        {
            ref var window = ref _windows[i];
            if (follows && window.Rest > 0) window.Step(history);
            else if (steps != 0 || !window.IsBegun) window.Move(history, newest, follows, _ends.AsSpan(i * Block, Block));
            values[window.Index] = window.IsBegun ? ValueSummary.Of(window.Kind, _ends[(i * Block) + window.First], window.Later) : float.NaN;
        }
    }

    /// <summary>Of a frame in its block.</summary>
    private static int Place(long frame) => (int)frame & (Block - 1);

    private struct Window(int index, RuleSignal signal)
    {
        public readonly int Index = index;
        public readonly int Frames = signal.Frames;
        public readonly SignalKind Kind = signal.Kind;

        /// <summary>All behind the block in which the window begins: whole blocks and the beginning of the newest one.</summary>
        public ValueSummary Later;

        /// <summary>Place of its first frame in the block where that lies.</summary>
        public int First;

        /// <summary>Frames to come until it leaves that block or another one begins.</summary>
        public int Rest;

        /// <summary>The history reaches back as far as the window.</summary>
        public bool IsBegun;

        private readonly int _channel = signal.Channel;

        // Ring, a place being the block's number mod the length.
        private readonly ValueSummary[] _blocks = new ValueSummary[(signal.Frames / Block) + 2];

        public void Step(FrameHistory history)
        {
            Rest--;
            First++;
            Later.Add(history.LastValue[_channel]);
        }

        /// <summary>Into another block, or anew: apart from what each frame runs through.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Move(FrameHistory history, long newest, bool follows, Span<ValueSummary> ends)
        {
            var first = newest - Frames + 1;
            var goesOn = IsBegun && follows;
            IsBegun = history.Contiguous >= Frames;
            Rest = 0;
            if (!IsBegun) return;
            if (!goesOn) SumBlocks(history, (first / Block) + 1, newest / Block);
            else if (Place(newest) == 0) SumBlocks(history, (newest / Block) - 1, newest / Block);
            First = Place(first);
            Rest = Block - 1 - Math.Max(First, Place(newest));
            if (goesOn && First > 0)
            {
                Later.Add(history.LastValue[_channel]);
                return;
            }

            SumEnds(history, first, ends);
            SumLater(history, first, newest);
        }

        private readonly void SumEnds(FrameHistory history, long first, Span<ValueSummary> ends)
        {
            history.Stretch(_channel, first, Block - Place(first), out var older, out var newer);
            ends = ends[Place(first)..];
            SumEnds(newer, ValueSummary.Empty, ends[older.Length..]);
            SumEnds(older, newer.IsEmpty ? ValueSummary.Empty : ends[older.Length], ends);
        }

        /// <param name="behind">Of what follows the values.</param>
        private static void SumEnds(ReadOnlySpan<float> values, in ValueSummary behind, Span<ValueSummary> ends)
        {
            ref readonly var later = ref behind;
            for (var i = values.Length; i-- > 0;)
            {
                ValueSummary.Sum(later, values[i], out ends[i]);
                later = ref ends[i];
            }
        }

        private readonly void SumBlocks(FrameHistory history, long from, long to)
        {
            for (var block = from; block < to; block++) Of(block) = Sum(history, block * Block, Block);
        }

        private void SumLater(FrameHistory history, long first, long newest)
        {
            Later = ValueSummary.Empty;
            for (var block = (first / Block) + 1; block < newest / Block; block++) Later.Add(Of(block));
            Later.Add(Sum(history, newest / Block * Block, Place(newest) + 1));
        }

        private readonly ref ValueSummary Of(long block) => ref _blocks[block % _blocks.Length];

        private readonly ValueSummary Sum(FrameHistory history, long from, int length)
        {
            var sum = ValueSummary.Empty;
            history.Stretch(_channel, from, length, out var older, out var newer);
            foreach (var value in older) sum.Add(value);
            foreach (var value in newer) sum.Add(value);
            return sum;
        }
    }
}

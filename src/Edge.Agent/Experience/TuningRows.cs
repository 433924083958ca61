using Edge.Agent.Pipeline;

namespace Edge.Agent.Experience;

/// <summary>The device's newest rows with their times, over the borders of runs: what its model's head may be tuned on without a row
/// leaving the device. A ring of fixed size; written by the pipeline's thread, copied by any.</summary>
/// <param name="capacity">Rows; 0: none are kept.</param>
internal sealed class TuningRows(int channels, int capacity) : IObservationSink
{
    private readonly float[] _rows = new float[channels * capacity];
    private readonly long[] _times = new long[capacity];

    /// <summary>Rows of a run, which no window spans with others, have its number.</summary>
    private readonly int[] _runs = new int[capacity];
    private readonly Lock _gate = new();
    private int _run;
    private int _count;
    private int _next;

    public int Capacity => capacity;

    public void RunStarted(string runId, long timestampUs)
    {
        lock (_gate) _run++;
    }

    public void Observe(in Observation observation)
    {
        if (capacity == 0) return;
        lock (_gate)
        {
            observation.Values.CopyTo(_rows.AsSpan(_next * channels, channels));
            (_times[_next], _runs[_next]) = (observation.TimestampUs, _run);
            _next = (_next + 1) % capacity;
            _count = Math.Min(_count + 1, capacity);
        }
    }

    /// <summary>Windows of the newest rows, newest first, each with the time of its last row.</summary>
    /// <param name="indices">Device channels, in the model's order.</param>
    /// <param name="maxGapUs">Rows further apart are of no one window.</param>
    public IEnumerable<(long TimestampUs, float[] Window)> Windows(IReadOnlyList<int> indices, int length, int stride, long maxGapUs)
    {
        float[] rows;
        long[] times;
        int[] runs;
        lock (_gate)
        {
            var first = (_next - _count + capacity) % Math.Max(1, capacity);
            (rows, times, runs) = (new float[_count * channels], new long[_count], new int[_count]);
            for (var i = 0; i < _count; i++)
            {
                var source = (first + i) % capacity;
                _rows.AsSpan(source * channels, channels).CopyTo(rows.AsSpan(i * channels));
                (times[i], runs[i]) = (_times[source], _runs[source]);
            }
        }

        for (var end = times.Length - 1; end >= length - 1; end -= stride)
        {
            if (!IsWhole(times, runs, end - length + 1, end, maxGapUs)) continue;
            var window = new float[indices.Count * length];
            for (var t = 0; t < length; t++)
            {
                for (var c = 0; c < indices.Count; c++) window[(c * length) + t] = rows[((end - length + 1 + t) * channels) + indices[c]];
            }

            yield return (times[end], window);
        }
    }

    private static bool IsWhole(long[] times, int[] runs, int from, int to, long maxGapUs)
    {
        for (var i = from + 1; i <= to; i++)
        {
            if (runs[i] != runs[from] || times[i] - times[i - 1] > maxGapUs) return false;
        }

        return true;
    }
}

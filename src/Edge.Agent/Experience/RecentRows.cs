using Edge.Agent.Pipeline;

namespace Edge.Agent.Experience;

/// <summary>The device's newest rows, for a new model to be probed on. A ring of fixed size;
/// written by the pipeline's thread, copied by any.</summary>
internal sealed class RecentRows(int channels, int capacity = RecentRows.DefaultCapacity) : IObservationSink
{
    public const int DefaultCapacity = 512;

    private readonly float[] _rows = new float[channels * capacity];
    private readonly Lock _gate = new();
    private int _count;
    private int _next;

    public void RunStarted(string runId, long timestampUs)
    {
        // Rows of another run: a model is probed on one uninterrupted operation.
        lock (_gate) (_count, _next) = (0, 0);
    }

    public void Observe(in Observation observation)
    {
        lock (_gate)
        {
            observation.Values.CopyTo(_rows.AsSpan(_next * channels, channels));
            _next = (_next + 1) % capacity;
            _count = Math.Min(_count + 1, capacity);
        }
    }

    /// <summary>Oldest first, shape (N, C'), only the device channels of these indices, in their order.</summary>
    public float[] Copy(ReadOnlySpan<int> indices)
    {
        lock (_gate)
        {
            var copy = new float[_count * indices.Length];
            var first = (_next - _count + capacity) % capacity;
            for (var row = 0; row < _count; row++)
            {
                var source = (first + row) % capacity * channels;
                for (var c = 0; c < indices.Length; c++) copy[(row * indices.Length) + c] = _rows[source + indices[c]];
            }

            return copy;
        }
    }
}

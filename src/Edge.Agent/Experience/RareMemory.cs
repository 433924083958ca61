namespace Edge.Agent.Experience;

/// <summary>The windows kept lately as points, mean and deviation per channel in units of the
/// calibration, and how far a new one lies from all of them.</summary>
/// <remarks>A ring of fixed size; one thread; nothing is allocated after construction.</remarks>
internal sealed class RareMemory
{
    private readonly float[] _points;
    private readonly float[] _newest;
    private readonly int _capacity;
    private int _count;
    private int _next;

    public RareMemory(int capacity, int channels)
    {
        _capacity = capacity;
        _newest = new float[2 * channels];
        _points = new float[capacity * 2 * channels];
    }

    /// <summary>Point of the window that <see cref="Distance"/> was last asked for, (2C,).</summary>
    public ReadOnlySpan<float> Newest => _newest;

    public void Clear() => (_count, _next) = (0, 0);

    /// <summary>Distance of the window from the nearest point kept: root mean square over the 2C coordinates; infinite while none is kept.</summary>
    /// <param name="window">Shape (C, T), row-major; missing values are left out.</param>
    /// <param name="centre">Per channel.</param>
    /// <param name="scale">Per channel, above 0.</param>
    public float Distance(ReadOnlySpan<float> window, ReadOnlySpan<float> centre, ReadOnlySpan<float> scale)
    {
        Describe(window, centre, scale);
        var nearest = float.PositiveInfinity;
        for (var i = 0; i < _count; i++)
        {
            var sum = 0f;
            var point = _points.AsSpan(i * _newest.Length, _newest.Length);
            for (var d = 0; d < point.Length; d++)
            {
                var difference = point[d] - _newest[d];
                sum += difference * difference;
            }

            nearest = Math.Min(nearest, MathF.Sqrt(sum / point.Length));
        }

        return nearest;
    }

    /// <summary>The window last asked for was kept.</summary>
    public void Keep()
    {
        _newest.CopyTo(_points.AsSpan(_next * _newest.Length));
        _next = (_next + 1) % _capacity;
        _count = Math.Min(_count + 1, _capacity);
    }

    private void Describe(ReadOnlySpan<float> window, ReadOnlySpan<float> centre, ReadOnlySpan<float> scale)
    {
        var channels = _newest.Length / 2;
        var length = window.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            var row = window.Slice(c * length, length);
            double sum = 0, squares = 0;
            var values = 0;
            foreach (var raw in row)
            {
                if (!float.IsFinite(raw)) continue;
                var value = (raw - centre[c]) / scale[c];
                sum += value;
                squares += value * value;
                values++;
            }

            var mean = values == 0 ? 0 : sum / values;
            _newest[2 * c] = (float)mean;
            _newest[(2 * c) + 1] = values == 0 ? 0 : (float)Math.Sqrt(Math.Max(0, (squares / values) - (mean * mean)));
        }
    }
}

namespace Hmas.Inference;

/// <summary>Every window of a run of rows, one row apart, as (C, T).</summary>
internal sealed class CalibrationWindows
{
    private readonly float[] _channelRows;
    private readonly float[] _window;
    private readonly int _rowCount;
    private readonly int _length;

    /// <param name="rows">Shape (N, C); turned once into (C, N), so that each window is C copies.</param>
    public CalibrationWindows(ReadOnlySpan<float> rows, int channels, int length)
    {
        _rowCount = rows.Length / channels;
        _length = length;
        _window = new float[channels * length];
        _channelRows = new float[rows.Length];
        for (var row = 0; row < _rowCount; row++)
        {
            for (var channel = 0; channel < channels; channel++)
                _channelRows[(channel * _rowCount) + row] = rows[(row * channels) + channel];
        }
    }

    public int Count => _rowCount - _length + 1;

    /// <summary>Window that starts at this row; overwritten by the next call.</summary>
    public ReadOnlySpan<float> At(int row)
    {
        for (int channel = 0, start = row; channel * _length < _window.Length; channel++, start += _rowCount)
            _channelRows.AsSpan(start, _length).CopyTo(_window.AsSpan(channel * _length));
        return _window;
    }
}

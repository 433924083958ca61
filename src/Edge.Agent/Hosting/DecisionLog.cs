using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Edge.Agent.Pipeline;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Writes one CSV line per observation with an answer:
/// <c>timestampUs,run,score,threshold,alarm,digest,class,probability</c>. In the file when a run ends.</summary>
/// <remarks>Lines that the disk does not take are given up and counted, the file ends with a whole line, and the
/// next ones are tried again: a log must not stop the ladder.</remarks>
internal sealed class DecisionLog : IObservationSink, IDisposable
{
    private const string Header = "timestampUs,run,score,threshold,alarm,digest,class,probability\n";
    private const int LongestLine = 1024;

    private readonly FileStream _file;
    private readonly LostWrites _lost;
    private readonly ILogger _logger;
    private readonly byte[] _buffer = new byte[16 * LongestLine];
    private readonly Lock _gate = new();
    private long _written;
    private int _length;
    private int _lines;
    private bool _isLosing;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public DecisionLog(string path, LostWrites lost, ILogger logger)
    {
        _lost = lost;
        _logger = logger;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _written = _file.Length;
        if (_written == 0) _length = Encoding.UTF8.GetBytes(Header, _buffer);
    }

    public void Observe(in Observation observation)
    {
        ref readonly var prediction = ref observation.Prediction;
        if (!prediction.IsAnswer) return;
        lock (_gate)
        {
            if (_buffer.Length - _length < LongestLine) Write();
            var fits = Utf8.TryWrite(
                _buffer.AsSpan(_length), CultureInfo.InvariantCulture,
                $"{observation.TimestampUs},{observation.RunId},{prediction.Smoothed},{prediction.Threshold},{(prediction.IsAlarm ? 1 : 0)},{prediction.Digest},{prediction.Class},{prediction.Probability}\n",
                out var bytes);
            if (fits) (_length, _lines) = (_length + bytes, _lines + 1);
            else _lost.Add();
        }
    }

    public void RunEnded(string runId, long timestampUs, long rows)
    {
        lock (_gate) Write();
    }

    public void Dispose()
    {
        lock (_gate) Write();
        _file.Dispose();
    }

    private void Write()
    {
        try
        {
            _file.Position = _written;
            _file.Write(_buffer, 0, _length);
            _written += _length;
            _isLosing = false;
        }
        catch (IOException error)
        {
            _lost.Add(_lines);
            if (!_isLosing) _logger.StatusUnavailable("the decision log", error.Message);
            _isLosing = true;
            Truncate();
        }

        // A header that was lost is due again.
        (_length, _lines) = (_written == 0 ? Encoding.UTF8.GetBytes(Header, _buffer) : 0, 0);
    }

    private void Truncate()
    {
        try
        {
            _file.SetLength(_written);
        }
        catch (IOException)
        {
            // The next lines are written over what is there of these.
        }
    }
}

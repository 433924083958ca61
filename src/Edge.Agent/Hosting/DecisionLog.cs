using System.Globalization;
using Edge.Agent.Actions;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;

namespace Edge.Agent.Hosting;

/// <summary>Writes one CSV line per observation with an answer: <c>timestampUs,run,score,threshold,alarm,digest</c>. On disk when a run ends.</summary>
internal sealed class DecisionLog : IObservationSink, IDisposable
{
    private const string Header = "timestampUs,run,score,threshold,alarm,digest";
    private readonly StreamWriter _writer;
    private readonly Lock _gate = new();

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public DecisionLog(string path)
    {
        var isNew = !File.Exists(path) || new FileInfo(path).Length == 0;
        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));
        if (isNew) _writer.WriteLine(Header);
    }

    public void RunStarted(string runId, long timestampUs)
    {
    }

    public void Observe(in Observation observation)
    {
        var prediction = observation.Prediction;
        if (!prediction.IsAnswer) return;
        lock (_gate)
        {
            _writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{observation.TimestampUs},{observation.RunId},{prediction.Smoothed},{prediction.Threshold},{(prediction.IsAlarm ? 1 : 0)},{prediction.Digest}"));
        }
    }

    public void Decided(string runId, ReadOnlySpan<Decision> decisions)
    {
    }

    public void RunEnded(string runId, long timestampUs, long rows)
    {
        lock (_gate) _writer.Flush();
    }

    public void Acted(ActionResult result)
    {
    }

    public void Dispose() => _writer.Dispose();
}

using Edge.Agent.Pipeline;
using Hmas.Contracts.Twins;

namespace Edge.Agent.Sync.Uplink;

/// <summary>Points for people's plots, thinned to a fixed number per batch however fast frames come.
/// The pipeline's thread writes, the uplink takes.</summary>
internal sealed class TelemetryCollector(int channels, int points) : IObservationSink
{
    private readonly Lock _gate = new();
    private readonly float[] _values = new float[channels * points];
    private readonly PointHead[] _heads = new PointHead[points];
    private string _runId = "";
    private int _count;
    private long _stride = 1;
    private long _seen;

    public void RunStarted(string runId, long timestampUs)
    {
        lock (_gate) (_runId, _count, _seen) = (runId, 0, 0);
    }

    public void Observe(in Observation observation)
    {
        lock (_gate)
        {
            if (_seen++ % _stride != 0) return;
            if (_count == _heads.Length) Halve();
            observation.Values.CopyTo(_values.AsSpan(_count * channels, channels));
            ref readonly var prediction = ref observation.Prediction;
            _heads[_count++] = new PointHead(observation.TimestampUs, prediction.Smoothed, prediction.Threshold, prediction.IsAlarm);
        }
    }

    /// <summary>What was gathered since the last call; null when nothing was.</summary>
    public TelemetryBatch? Take()
    {
        lock (_gate)
        {
            if (_count == 0) return null;
            var taken = new TelemetryPoint[_count];
            for (var i = 0; i < _count; i++)
            {
                var values = new float?[channels];
                for (var c = 0; c < channels; c++) values[c] = Finite(_values[(i * channels) + c]);
                var head = _heads[i];
                taken[i] = new TelemetryPoint(head.TimestampUs, values, Finite(head.Score), Finite(head.Threshold), head.IsAlarm);
            }

            // Half empty: the stream has slowed down, take more of it again.
            if (_count <= _heads.Length / 2) _stride = Math.Max(1, _stride / 2);
            _count = 0;
            return new TelemetryBatch(_runId, taken);
        }
    }

    /// <summary>Full before it was taken: every second point goes, and from now on half as many come.</summary>
    private void Halve()
    {
        var kept = 0;
        for (var i = 0; i < _count; i += 2, kept++)
        {
            _values.AsSpan(i * channels, channels).CopyTo(_values.AsSpan(kept * channels, channels));
            _heads[kept] = _heads[i];
        }

        _count = kept;
        _stride *= 2;
    }

    private static float? Finite(float value) => float.IsFinite(value) ? value : null;

    private readonly record struct PointHead(long TimestampUs, float Score, float Threshold, bool IsAlarm);
}

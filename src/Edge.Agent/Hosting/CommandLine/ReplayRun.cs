using System.Globalization;
using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Sampling;
using Edge.Sensors.Replay;
using Hmas.Inference;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.CommandLine;

/// <summary>Runs the device's own pipeline over one recording at full speed and writes what it would have said of each row.</summary>
internal sealed class ReplayRun(ReplayOptions recording, byte[] package, IReadOnlyList<byte[]> trustedKeys, TimeProvider time, ILogger logger)
{
    /// <summary>Rows written: <c>datetime;anomaly_pred;anomaly_score;threshold</c>, one per frame that the model answered.</summary>
    /// <exception cref="ModelRefusal">The package is not acceptable.</exception>
    /// <exception cref="InferenceException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="Edge.Sensors.SensorDataException">The recording cannot be used.</exception>
    public async Task<long> RunAsync(string packagePath, TextWriter output, CancellationToken ct)
    {
        await using var sensor = new ReplaySensor(recording, time, logger);
        var assignment = PackageFile.AssignmentOf(package, packagePath);
        var verified = new ModelVerifier(trustedKeys, hardware: null, sensor.Channels, sensor.RateHz, package.Length).Verify(
            package, assignment, active: null);
        var sink = new Writer(output);
        var pipeline = new PerceptionPipeline(sensor.Channels, sensor.RateHz, new WindowOptions(), RuleSet.Empty, static _ => { }, sink, logger);
        pipeline.Slot.Exchange(new DetectorScorer(verified.Digest, new Detector(verified.Manifest, verified.Onnx.Span, new SessionSettings())));
        try
        {
            await output.WriteLineAsync("datetime;anomaly_pred;anomaly_score;threshold".AsMemory(), ct);
            await new SamplingLoop(sensor, new SampleQueue(), pipeline, new SamplingOptions(), time, logger).RunAsync(ct);
            pipeline.EndRun(sink.LastUs);
        }
        finally
        {
            pipeline.Slot.Exchange(null)?.Dispose();
        }

        return sink.Rows;
    }

    private sealed class Writer(TextWriter output) : IObservationSink
    {
        public long Rows { get; private set; }

        public long LastUs { get; private set; }

        public void Observe(in Observation observation)
        {
            LastUs = observation.TimestampUs;
            ref readonly var prediction = ref observation.Prediction;
            if (!prediction.IsAnswer) return;
            Rows++;
            var at = DateTimeOffset.UnixEpoch.AddMicroseconds(observation.TimestampUs);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{at:yyyy-MM-dd HH:mm:ss};{(prediction.IsAlarm ? 1 : 0)};{prediction.Smoothed};{prediction.Threshold}"));
        }
    }
}

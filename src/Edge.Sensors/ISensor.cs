using Hmas.Contracts.Sensing;

namespace Edge.Sensors;

/// <summary>A source of samples: a driver, a replayed recording or a simulated machine.</summary>
public interface ISensor : IAsyncDisposable
{
    /// <summary>In the order that <see cref="Sample.Channel"/> counts, from 0.</summary>
    IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>Rows (one sample of every channel) a second of event time.</summary>
    double RateHz { get; }

    /// <summary>Delivers samples until the stream has ended or <paramref name="ct"/> is cancelled; runs once.</summary>
    /// <exception cref="SensorDataException">What the source holds cannot be used; nothing is gained by trying again.</exception>
    /// <exception cref="SensorException">The source does not answer; a later try may succeed.</exception>
    Task RunAsync(ISampleSink sink, CancellationToken ct);
}

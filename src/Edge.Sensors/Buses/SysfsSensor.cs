using Hmas.Contracts;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging;

namespace Edge.Sensors.Buses;

/// <summary>Polls sysfs attributes at a rate. A channel that does not answer gives NaN and one log line until it
/// answers again; only when none answers does the sensor fail.</summary>
public sealed partial class SysfsSensor : ISensor
{
    private readonly IReadOnlyList<SysfsChannel> _attributes;
    private readonly bool[] _failing;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public SysfsSensor(IReadOnlyList<SysfsChannel> attributes, double rateHz, TimeProvider time, ILogger logger)
    {
        if (attributes.Count is 0 or > ushort.MaxValue) throw new ArgumentException("attributes: at least one is needed");
        if (!double.IsFinite(rateHz) || rateHz <= 0) throw new ArgumentOutOfRangeException(nameof(rateHz), rateHz, "must be above 0");
        _attributes = attributes;
        _failing = new bool[attributes.Count];
        Channels = [.. attributes.Select(attribute => attribute.Channel)];
        RateHz = rateHz;
        _time = time;
        _logger = logger;
    }

    public IReadOnlyList<SensorChannel> Channels { get; }

    public double RateHz { get; }

    /// <inheritdoc/>
    public async Task RunAsync(ISampleSink sink, CancellationToken ct)
    {
        var pace = new EventPace(1, _time);
        var periodUs = (long)(1e6 / RateHz);
        var row = new float[_attributes.Count];
        while (true)
        {
            await pace.AdvanceAsync(periodUs, ct).ConfigureAwait(false);
            var nowUs = _time.GetUtcNow().ToUnixMicroseconds();
            var answered = 0;
            for (var i = 0; i < _attributes.Count; i++)
            {
                if (TryRead(i, out row[i])) answered++;
            }

            sink.AddRow(nowUs, row);

            if (answered == 0) throw new SensorException($"none of {_attributes.Count} channels answers, the first is {_attributes[0].Path}");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool TryRead(int i, out float value)
    {
        try
        {
            value = _attributes[i].Read();
            _failing[i] = false;
            return true;
        }
        catch (SensorException e)
        {
            value = float.NaN;
            if (!_failing[i]) LogChannelFailed(_logger, _attributes[i].Channel.Name, e.Message);
            _failing[i] = true;
            return false;
        }
    }

    [LoggerMessage(EventId = 2100, EventName = "ChannelFailed", Level = LogLevel.Warning, Message = "Channel {Channel} does not answer: {Reason}")]
    private static partial void LogChannelFailed(ILogger logger, string channel, string reason);
}

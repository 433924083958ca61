using Hmas.Contracts;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging;

namespace Edge.Sensors.Replay;

/// <summary>Plays CSV recordings as if their machine were running now: one run per file, its id the file's stem.</summary>
public sealed partial class ReplaySensor : ISensor
{
    private readonly ReplayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly float[] _row;
    private long _skippedRows;
    private long _rows;

    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public ReplaySensor(ReplayOptions options, TimeProvider time, ILogger logger)
    {
        options.Validate();
        _options = options;
        _time = time;
        _logger = logger;
        _row = new float[options.Layout.Columns.Count];
        Channels = [.. options.Layout.Columns.Select(column => column.Channel)];
    }

    public IReadOnlyList<SensorChannel> Channels { get; }

    public double RateHz => _options.RateHz;

    /// <summary>Rows played.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Rows left out under <see cref="BadRowPolicy.Skip"/>.</summary>
    public long SkippedRows => Interlocked.Read(ref _skippedRows);

    /// <inheritdoc/>
    public async Task RunAsync(ISampleSink sink, CancellationToken ct)
    {
        var files = new ReplayFiles(_options);
        var pauseUs = (long)_options.Pause.TotalMicroseconds;
        var startUs = _options.StartAt is { } start ? start.ToUnixMicroseconds() : (long?)null;
        var timeline = new ReplayTimeline(startUs, pauseUs, (long)(1e6 / _options.RateHz));
        var pace = new EventPace(_options.Speed, _time);
        var rowsBeforePass = 0L;
        var first = true;
        while (true)
        {
            var file = files.TryNext();
            if (file is not null)
            {
                if (!first) await pace.AdvanceAsync(pauseUs, ct).ConfigureAwait(false);
                first = false;
                await PlayAsync(file, files.Pass, timeline, pace, sink, ct).ConfigureAwait(false);
            }
            else if (_options.Follow)
            {
                await Task.Delay(_options.FollowInterval, _time, ct).ConfigureAwait(false);
                pace.Rebase();
            }
            else if (_options.Loop && Rows > rowsBeforePass)
            {
                rowsBeforePass = Rows;
                timeline.ContinueFromHere();
                files.StartPass();
            }
            else
            {
                if (Rows == 0)
                    throw new SensorDataException(SensorDataFault.Empty, _options.Folder ?? _options.Files[0], 0, null, "nothing to replay");
                return;
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task PlayAsync(string file, int pass, ReplayTimeline timeline, EventPace pace, ISampleSink sink, CancellationToken ct)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        var runId = pass == 1 ? stem : $"{stem}-{pass}";
        var paced = sink as IPacedSink;
        using var reader = RecordingReader.Open(file, _options.Layout, _options.OnBadRow);
        var previousUs = 0L;
        var open = false;
        try
        {
            while (reader.TryRead(_row, out var recordedUs))
            {
                long eventUs;
                if (open)
                {
                    eventUs = timeline.Place(recordedUs);
                    await pace.AdvanceAsync(eventUs - previousUs, ct).ConfigureAwait(false);
                }
                else
                {
                    eventUs = timeline.StartFile(recordedUs);
                    await pace.AdvanceAsync(0, ct).ConfigureAwait(false);
                    sink.StartRun(runId, eventUs);
                    open = true;
                }

                previousUs = eventUs;
                if (paced is not null) await paced.WaitForRoomAsync(_row.Length, ct).ConfigureAwait(false);
                sink.AddRow(eventUs, _row);
                Interlocked.Increment(ref _rows);
            }
        }
        finally
        {
            // Whatever ended the file, the run it fed has ended too.
            if (open) sink.EndRun(timeline.EndFile());
            Interlocked.Add(ref _skippedRows, reader.SkippedRows);
        }

        if (reader.SkippedRows > 0) LogRowsSkipped(_logger, file, reader.SkippedRows, reader.LastSkip!.Message);
        if (reader.Rows == 0) throw new SensorDataException(SensorDataFault.Empty, file, 0, null, "no usable rows");
    }
}

using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Perception.Teacher;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Trust;

namespace Cloud.Hub.Perception.Workers;

/// <summary>Reads stored experiences off the bus, counts their quality and asks the teacher. It
/// may lag behind ingest and never holds it up.</summary>
/// <remarks>What the bus drops gets no opinion. What an opinion needs is not taken from the bus alone: the teacher is
/// looked for again and again, a run's healthy rows come from the archive.</remarks>
internal sealed class OpinionLoop(
    EventBus bus, IFleet fleet, IModelRegistry registry, IExperienceArchive archive, OpinionBook book, PerceptionOptions options,
    PerceptionMetrics metrics, TimeProvider time,
    ILogger<OpinionLoop> logger) : BackgroundService, ITroubled
{
    /// <summary>Of one run; what is beyond them could not make its calibration better.</summary>
    private const int MostCalibrationWindows = 1024;

    private readonly Dictionary<string, IReadOnlyList<string>> _channels = [];
    private string? _seen;
    private volatile string? _trouble;

    public string? Trouble => _trouble;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var room = new TeacherRoom(options.RememberedRuns);
        using var subscription = bus.Subscribe(nameof(OpinionLoop), happened =>
            happened is FactsStored or ReportedStateChanged
            || (happened is ModelRegistered registered && registered.Manifest.Name == options.TeacherName));
        using var timer = new PeriodicTimer(options.LookPeriod, time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var told = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
        await AppointAsync(room, stoppingToken);
        while (true)
        {
            var first = await Task.WhenAny(tick, told);
            if (!await first) return;
            if (first == tick)
            {
                await AppointAsync(room, stoppingToken);
                tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                continue;
            }

            while (subscription.Events.TryRead(out var happened)) await TakeAsync(room, happened, stoppingToken);
            told = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
        }
    }

    private async Task TakeAsync(TeacherRoom room, HubEvent happened, CancellationToken stopping)
    {
        switch (happened)
        {
            case ModelRegistered:
                await AppointAsync(room, stopping);
                break;
            case ReportedStateChanged changed when _channels.TryGetValue(changed.DeviceId, out var known):
                string[] channels = [.. changed.Reported.Channels.Select(static channel => channel.Name)];
                if (known.SequenceEqual(channels)) break;
                _channels[changed.DeviceId] = channels;
                room.Dismiss(changed.DeviceId);
                break;
            case FactsStored stored:
                foreach (var fact in stored.Batch.Facts)
                {
                    if (fact.Kind == FactKind.Experience) await ConsiderAsync(room, stored.Batch.DeviceId, fact, stopping);
                }

                break;
        }
    }

    /// <summary>Takes the newest teacher in when it is another one. Whatever keeps it away now, the next look tries
    /// again; a package that is broken stays so and is tried once.</summary>
    private async Task AppointAsync(TeacherRoom room, CancellationToken stopping)
    {
        try
        {
            var newest = (await registry.ListAsync(stopping)).Where(model => model.Manifest.Name == options.TeacherName && !model.Quarantined)
                .MaxBy(static model => model.Manifest.Release);
            _trouble = null;
            if (newest is null || newest.Digest == _seen || await registry.PackageAsync(newest.Digest, stopping) is not { } package) return;
            _seen = newest.Digest;
            room.Appoint(newest.Manifest, ModelPackage.Open(package, newest.Digest, new PackageLimits()).Onnx);
            logger.TeacherAppointed(newest.Digest, newest.Manifest.Release);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            _trouble = $"no newer teacher could be looked for: {e.Message}";
            logger.NoTeacher(e.Message);
        }
    }

    private async Task ConsiderAsync(TeacherRoom room, string deviceId, Fact fact, CancellationToken stopping)
    {
        try
        {
            var window = ExperienceCodec.Decode(fact.Payload.Span);
            book.Add(deviceId, window);
            var channels = await ChannelsAsync(deviceId, window.Channels, stopping);
            if (channels.Count != window.Channels) return;
            if (!room.Knows(deviceId, window.RunId)) room.Begin(deviceId, window.RunId, await HealthyAsync(deviceId, window.RunId, stopping));
            if (room.Consider(deviceId, channels, window) is not { } score) return;
            var opinion = new WindowOpinion(deviceId, window.RunId, window.EndUs, score, window.IsAlarm, score > 1 == window.IsAlarm);
            metrics.Opinion(opinion.Agrees);
            book.Add(opinion);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // One window that cannot be judged, or a service that does not answer, is no reason to stop looking at the others.
            metrics.NotJudged();
            logger.WindowNotJudged(deviceId, fact.Sequence, e.Message);
        }
    }

    /// <summary>What the device uploaded of this run's calibration, also before this hub started or while it looked at other runs.</summary>
    private async Task<IReadOnlyList<ExperienceRecord>> HealthyAsync(string deviceId, string runId, CancellationToken stopping)
    {
        var windows = new List<ExperienceRecord>();
        var query = new ExperienceQuery { DeviceId = deviceId, RunId = runId, Reasons = ExperienceReasons.Calibration,
            Limit = MostCalibrationWindows };
        await foreach (var stored in archive.ReadAsync(query, stopping)) windows.Add(stored.Record);
        return windows;
    }

    /// <summary>Names in the order of the device's windows. Asked for again when a window has another
    /// number of them: the device was set up anew.</summary>
    private async Task<IReadOnlyList<string>> ChannelsAsync(string deviceId, int channels, CancellationToken stopping)
    {
        if (_channels.TryGetValue(deviceId, out var known) && known.Count == channels) return known;
        var device = await fleet.DeviceAsync(deviceId, stopping);
        if (device?.Reported is not { } reported) return [];
        return _channels[deviceId] = [.. reported.Channels.Select(static channel => channel.Name)];
    }
}

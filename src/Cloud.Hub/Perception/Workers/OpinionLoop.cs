using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Perception.Teacher;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Inference;
using Hmas.Trust;

namespace Cloud.Hub.Perception.Workers;

/// <summary>Reads stored experiences off the bus, counts their quality and asks the teacher. It may lag behind ingest and never holds it up.</summary>
internal sealed class OpinionLoop(EventBus bus, IFleet fleet, IModelRegistry registry, OpinionBook book, PerceptionOptions options, ILogger<OpinionLoop> logger)
    : BackgroundService
{
    private readonly Dictionary<string, IReadOnlyList<string>> _channels = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var room = new TeacherRoom(options.RememberedRuns);
        using var subscription = bus.Subscribe(nameof(OpinionLoop), static happened => happened is FactsStored or ModelRegistered);
        await AppointAsync(room, stoppingToken);
        await foreach (var happened in subscription.Events.ReadAllAsync(stoppingToken))
        {
            switch (happened)
            {
                case ModelRegistered registered when registered.Manifest.Name == options.TeacherName:
                    await AppointAsync(room, stoppingToken);
                    break;
                case FactsStored stored:
                    await ConsiderAsync(room, stored.Batch, stoppingToken);
                    break;
            }
        }
    }

    private async Task AppointAsync(TeacherRoom room, CancellationToken cancellation)
    {
        var models = await registry.ListAsync(cancellation);
        var newest = models.Where(model => model.Manifest.Name == options.TeacherName && !model.Quarantined).MaxBy(model => model.Manifest.Release);
        if (newest is null || await registry.PackageAsync(newest.Digest, cancellation) is not { } package) return;
        room.Appoint(newest.Manifest, ModelPackage.Open(package, newest.Digest, new PackageLimits()).Onnx);
        logger.TeacherAppointed(newest.Digest, newest.Manifest.Release);
    }

    private async Task ConsiderAsync(TeacherRoom room, FactBatch batch, CancellationToken cancellation)
    {
        foreach (var fact in batch.Facts)
        {
            if (fact.Kind != FactKind.Experience) continue;
            try
            {
                var window = ExperienceCodec.Decode(fact.Payload.Span);
                book.Add(batch.DeviceId, window);
                var channels = await ChannelsAsync(batch.DeviceId, cancellation);
                if (channels.Count != window.Channels || room.Consider(batch.DeviceId, channels, window) is not { } score) continue;
                book.Add(new WindowOpinion(batch.DeviceId, window.RunId, window.EndUs, score, window.IsAlarm, score > 1 == window.IsAlarm));
            }
            catch (Exception e) when (e is WireFormatException or ArgumentException or InferenceException)
            {
                // One window that cannot be judged is no reason to stop looking at the others.
                logger.WindowNotJudged(batch.DeviceId, fact.Sequence, e.Message);
            }
        }
    }

    private async Task<IReadOnlyList<string>> ChannelsAsync(string deviceId, CancellationToken cancellation)
    {
        if (_channels.TryGetValue(deviceId, out var known)) return known;
        var device = await fleet.DeviceAsync(deviceId, cancellation);
        if (device?.Reported is not { } reported) return [];
        return _channels[deviceId] = [.. reported.Channels.Select(channel => channel.Name)];
    }
}

using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Workers;

/// <summary>Keeps signed metadata from expiring, takes what a ceremony put into the folder, and warns of what only people can renew.</summary>
internal sealed class TrustClock : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarnBelow = TimeSpan.FromDays(7);
    private static readonly TimeSpan WarnAgain = TimeSpan.FromDays(1);

    private readonly ArtefactRegistry _registry;
    private readonly ImageRepository _images;
    private readonly Director _director;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    public TrustClock(ArtefactRegistry registry, ImageRepository images, Director director, RedistributionMetrics metrics, TimeProvider time, ILogger<TrustClock> logger)
    {
        (_registry, _images, _director, _time, _logger) = (registry, images, director, time, logger);
        metrics.Expires(() => Roles().Select(role => (role.Repository, role.Header.Type, (role.Header.Expires - time.GetUtcNow()).TotalSeconds)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        do
        {
            try
            {
                await _registry.VouchForAllAsync(stoppingToken);
                _images.Renew();
                _director.Renew();
                Warn();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _logger.TrustNotRenewed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<(string Repository, RoleHeader Header)> Roles() =>
        [.. (_images.State?.Headers ?? []).Select(static header => ("images", header)), ("director", _director.RootHeader)];

    private void Warn()
    {
        var now = _time.GetUtcNow();
        // A timestamp never lives that long.
        var due = Roles().Where(role => role.Header.Type != TimestampMetadata.Type && role.Header.Expires - now < WarnBelow).ToList();
        if (due.Count == 0 || now - _warned < WarnAgain) return;
        _warned = now;
        foreach (var (repository, header) in due) _logger.TrustExpires(repository, header.Type, (header.Expires - now).TotalDays);
    }
}

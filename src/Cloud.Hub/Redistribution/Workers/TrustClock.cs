using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Trust;

namespace Cloud.Hub.Redistribution.Workers;

/// <summary>Keeps signed metadata from expiring, takes what a ceremony put into the folder, and warns of what only people can renew.</summary>
internal sealed class TrustClock : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarnAgain = TimeSpan.FromDays(1);

    private readonly ArtefactRegistry _registry;
    private readonly ImageRepository _images;
    private readonly Director _director;
    private readonly TrustStatus _status;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    public TrustClock(
        ArtefactRegistry registry, ImageRepository images, Director director, TrustStatus status, RedistributionMetrics metrics, TimeProvider time,
        ILogger<TrustClock> logger)
    {
        (_registry, _images, _director, _status, _time, _logger) = (registry, images, director, status, time, logger);
        metrics.Expires(() => status.Lives()
            .Select(life => (life.Repository, life.Role, life.Left(time.GetUtcNow()).TotalSeconds, life.IsDue(time.GetUtcNow()))));
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

    private void Warn()
    {
        var now = _time.GetUtcNow();
        var warnings = _status.Lives().Select(life => life.Warning(now)).OfType<string>().ToList();
        if (warnings.Count == 0 || now - _warned < WarnAgain) return;
        _warned = now;
        foreach (var warning in warnings) _logger.TrustExpires(warning);
    }
}

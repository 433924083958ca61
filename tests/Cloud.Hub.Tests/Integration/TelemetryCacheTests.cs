using Cloud.Hub.Integration.Domain;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Integration;

public class TelemetryCacheTests
{
    [Fact]
    public void Only_the_newest_points_are_kept()
    {
        var cache = new TelemetryCache(points: 3, devices: 2);
        cache.Add("pump-1", Batch("run-1", 1, 2, 3, 4, 5));
        Assert.Equal([3, 4, 5], Times(cache, "pump-1", 10));
        Assert.Equal([4, 5], Times(cache, "pump-1", 2));
    }

    [Fact]
    public void A_new_run_begins_with_an_empty_plot()
    {
        var cache = new TelemetryCache(points: 9, devices: 2);
        cache.Add("pump-1", Batch("run-1", 7, 8));
        cache.Add("pump-1", Batch("run-2", 1, 2));
        Assert.Equal([1, 2], Times(cache, "pump-1", 10));
        Assert.Equal("run-2", cache.Newest("pump-1", 1).RunId);
    }

    [Fact]
    public void A_point_that_comes_twice_or_late_is_left_out()
    {
        var cache = new TelemetryCache(points: 9, devices: 2);
        cache.Add("pump-1", Batch("run-1", 1, 3));
        cache.Add("pump-1", Batch("run-1", 2, 3, 4));
        Assert.Equal([1, 3, 4], Times(cache, "pump-1", 10));
    }

    [Fact]
    public void The_device_that_was_silent_longest_makes_room()
    {
        var cache = new TelemetryCache(points: 9, devices: 2);
        cache.Add("pump-1", Batch("run-1", 1));
        cache.Add("pump-2", Batch("run-1", 1));
        cache.Add("pump-1", Batch("run-1", 2));
        cache.Add("pump-3", Batch("run-1", 1));
        Assert.Null(cache.Newest("pump-2", 1).RunId);
        Assert.Equal([1, 2], Times(cache, "pump-1", 10));
    }

    internal static TelemetryBatch Batch(string run, params long[] times) =>
        new(run, [.. times.Select(static us => new TelemetryPoint(us, [1f], 0.5f, 1f, false))]);

    private static long[] Times(TelemetryCache cache, string device, int limit) =>
        [.. cache.Newest(device, limit).Points.Select(static point => point.TimestampUs)];
}

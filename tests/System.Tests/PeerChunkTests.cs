using System.Globalization;
using Hmas.Testing;
using Operator.Cli.Demo.Site;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>Two published agents of one site and the published hub: the second takes a model from the first, and is killed meanwhile.</summary>
public sealed class PeerChunkTests(ITestOutputHelper output)
{
    private const int PeerBytesPerSecond = 2 << 20;

    [Fact]
    public async Task A_device_takes_a_model_from_another_of_its_site_and_goes_on_after_a_kill()
    {
        await using var site = await PlayingSite.StartAsync(devices: 2);
        var secret = await site.SecretAsync("of this site alone\n");
        await site.PlayAsync(() => string.Create(CultureInfo.InvariantCulture, $"""
            peers:
              secretFile: {secret}
              listen: 127.0.0.1:{FreePorts.One()}
              bytesPerSecond: {PeerBytesPerSecond}
            """));
        var digest = await site.AddModelAsync();
        var rollout = await site.BeginAsync(digest, [], new { name = "one", count = 1 }, new { name = "all" });

        // The second is the one whose package grows while the first has one.
        Device? second = null;
        var (had, looked) = (0L, 0L);
        await site.UntilAsync(() =>
        {
            looked = TimeProvider.System.GetTimestamp();
            second = site.Devices.FirstOrDefault(device =>
                site.Devices.Any(other => other != device && PlayingSite.LengthOf(other, digest, "hmas") > 0)
                && (had = PlayingSite.LengthOf(device, digest, "part")) > site.Onnx.Length / 4);
            return Task.FromResult(second is not null);
        });
        await site.Site.CrashDeviceAsync(second!);
        var more = (long)(TimeProvider.System.GetElapsedTime(looked).TotalSeconds * PeerBytesPerSecond) + (1 << 20);
        output.WriteLine($"{second!.Id} was killed when it had {had} bytes");
        await site.CompletedAsync(rollout);

        var (near, own, all) = (await PlayingSite.NearAsync(second))!.Value;
        output.WriteLine($"{near} of {all} bytes from near by");
        // Nothing came from the hub: what was there at the kill, with what came between the look and the kill, and what came near by are the whole.
        Assert.Equal(0, own);
        Assert.InRange(near, all - had - more, all - had + (64 << 10));
        Assert.DoesNotContain("is left alone", await PlayingSite.LogOfAsync(second), StringComparison.Ordinal);
        var first = site.Devices.Single(device => device != second);
        Assert.Null(await PlayingSite.NearAsync(first));
        Assert.Equal(
            await File.ReadAllBytesAsync(PlayingSite.PathOf(first, digest, "hmas")),
            await File.ReadAllBytesAsync(PlayingSite.PathOf(second, digest, "hmas")));
    }
}

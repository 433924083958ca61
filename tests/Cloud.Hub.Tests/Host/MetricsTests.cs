using System.Diagnostics;

namespace Cloud.Hub.Tests.Host;

public class MetricsTests
{
    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_the_metrics_of_any_port()
    {
        await using var hub = await HubFixture.StartAsync();
        foreach (var service in hub.Ports.Listeners.Keys)
        {
            using var client = hub.Http(service, token: "");
            (await client.GetAsync("/healthz")).Dispose();
            var text = await client.GetStringAsync("/metrics");
            Assert.Contains("# TYPE", text, StringComparison.Ordinal);
            if (!File.Exists("/usr/bin/promtool")) continue;    // Debian package prometheus; without it the text is checked for form only
            var said = await LintAsync(text);
            Assert.True(said.Length == 0, $"{service}: {said}");
        }
    }

    private static async Task<string> LintAsync(string text)
    {
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync() + await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return said.Trim();
    }
}

using Hmas.Testing;
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
            if (!Promtool.IsHere) continue;    // without it the text is checked for form only
            var said = await Promtool.LintAsync(text);
            Assert.True(said.Length == 0, $"{service}: {said}");
        }
    }
}

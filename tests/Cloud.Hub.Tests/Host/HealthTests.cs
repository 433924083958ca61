using System.Net;
using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Cloud.Hub.Tests.Host;

public class HealthTests
{
    [Fact]
    public async Task Each_port_tells_of_its_own_services_parts()
    {
        await using var hub = await HubFixture.StartAsync();
        foreach (var (service, checks) in new (string, string[])[]
        {
            (HubServices.Perception, ["process", "teacher"]),
            (HubServices.Memory, ["archive", "process"]),
            (HubServices.Learning, ["process", "runs"]),
            (HubServices.Reasoning, ["agents", "decisions", "grains", "process"]),
            (HubServices.Communication, ["broker", "desired", "devices", "grains", "process"]),
            (HubServices.Feedback, ["outcomes", "process"]),
            (HubServices.Integration, ["events", "process"]),
            (HubServices.Specialized, ["process"]),
            (HubServices.Redistribution, ["grains", "process", "registry"]),
            (HubServices.Front, ["events", "process"]),
        })
        {
            var (code, status, found) = await HealthAsync(hub, service);
            Assert.Equal((HttpStatusCode.OK, "healthy"), (code, status));
            Assert.Equal((service, string.Join(' ', checks)), (service, string.Join(' ', found.Keys.Order(StringComparer.Ordinal))));
        }
    }

    [Fact]
    public async Task A_broker_that_is_gone_makes_communication_unhealthy_and_nobody_else()
    {
        await using var hub = await HubFixture.StartAsync("memory,communication");
        await hub.Get<IFleetTransport>().StopAsync();
        var (code, status, checks) = await HealthAsync(hub, HubServices.Communication);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy", "unhealthy", "healthy"), (code, status, checks["broker"], checks["devices"]));
        Assert.Equal("healthy", (await HealthAsync(hub, HubServices.Memory)).Status);
    }

    [Fact]
    public async Task A_loop_in_trouble_makes_its_service_degraded_until_it_is_over()
    {
        var registry = Substitute.For<IModelRegistry>();
        Exception? broken = new TimeoutException("no answer");
        registry.ListAsync(default).ReturnsForAnyArgs(_ => broken is null ? Task.FromResult<IReadOnlyList<ModelEntry>>([]) : throw broken);
        await using var hub = await HubFixture.StartAsync(
            "perception,memory,communication", new Dictionary<string, string?> { ["Perception:LookPeriod"] = "00:00:00.020" },
            adjust: services => services.AddSingleton(registry));
        await UntilAsync(hub, HubServices.Perception, "degraded");
        broken = null;
        await UntilAsync(hub, HubServices.Perception, "healthy");
    }

    [Fact]
    public async Task Each_port_shows_its_own_services_figures_beside_the_process_own()
    {
        await using var hub = await HubFixture.StartAsync();
        hub.Get<EventBus>().Publish(new LabelsAdded([]));
        foreach (var service in hub.Ports.Listeners.Keys)
        {
            using var client = hub.Http(service, token: "");
            (await client.GetAsync("/healthz")).Dispose();
            var names = (await client.GetStringAsync("/metrics")).Split('\n').Where(static line => line.Length > 0 && line[0] != '#')
                .Select(static line => line.Split('{', ' ')[0]).ToHashSet();
            Assert.Contains(names, static name => name.StartsWith("dotnet_", StringComparison.Ordinal));
            var own = service == HubServices.Front ? HubServices.Integration : service;
            Assert.DoesNotContain(
                names, name => HubServices.All.Any(other => other != own && name.StartsWith($"hmas_{other}_", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void What_is_left_of_the_text_is_whole()
    {
        const string Text = "# TYPE hmas_memory_facts_total counter\n# HELP hmas_memory_facts_total Facts\nhmas_memory_facts_total{a=\"b\"} 1\n"
            + "# TYPE hmas_feedback_labels_total counter\nhmas_feedback_labels_total 2\n# TYPE up gauge\nup 1\n# EOF\n";
        Assert.Equal(
            "# TYPE hmas_memory_facts_total counter\n# HELP hmas_memory_facts_total Facts\nhmas_memory_facts_total{a=\"b\"} 1\n# TYPE up gauge\nup 1\n# EOF\n", MetricsOfPort.Keep(Text, HubServices.Memory));
        Assert.Equal("# TYPE up gauge\nup 1\n# EOF\n", MetricsOfPort.Keep(Text, HubServices.Front));
    }

    [Fact]
    public async Task Events_that_a_slow_subscriber_lost_are_exported_under_its_name()
    {
        await using var hub = await HubFixture.StartAsync("memory");
        using (hub.Get<EventBus>().Subscribe("sleeper", static _ => true, capacity: 2))
        {
            for (var i = 0; i < 5; i++) hub.Get<EventBus>().Publish(new LabelsAdded([]));
        }

        using var client = hub.Http(HubServices.Memory, token: "");
        // Metrics are the process's: other tests' hubs may lose events too.
        var line = (await client.GetStringAsync("/metrics")).Split('\n')
            .Single(static line => line.StartsWith("hmas_bus_dropped_total", StringComparison.Ordinal)
                && line.Contains("subscriber=\"sleeper\"", StringComparison.Ordinal));
        Assert.Equal("3", line.Split(' ')[1]);
    }

    private static Task UntilAsync(HubFixture hub, string service, string status) =>
        Eventually.HoldsAsync(async () => (await HealthAsync(hub, service)).Status == status);

    private static async Task<(HttpStatusCode Code, string Status, Dictionary<string, string> Checks)> HealthAsync(HubFixture hub, string service)
    {
        using var client = hub.Http(service, token: "");
        using var answer = await client.GetAsync("/healthz");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, json.RootElement.GetProperty("status").GetString()!,
            json.RootElement.GetProperty("checks").EnumerateObject()
                .ToDictionary(static check => check.Name, static check => check.Value.GetString()!));
    }
}

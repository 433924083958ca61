using System.Net.Http.Json;
using System.Text.Json;
using Cloud.Hub.Host;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Host.Wiring;

/// <summary>Hubs as processes of their own with disjoint services, and a path that crosses them.</summary>
public sealed class HubProcessesTests
{
    [Fact]
    public async Task Reasoning_and_rest_apart_from_all_others_hear_of_runs_and_have_a_model_trained()
    {
        using var folder = new TempFolder();
        await using var doers = await HubProcess.StartAsync(
            "perception,memory,learning,communication,feedback,specialized,redistribution", folder.File("doers"));
        var settings = doers.Remotes(
            HubServices.Perception, HubServices.Memory, HubServices.Learning, HubServices.Communication, HubServices.Feedback,
            HubServices.Specialized, HubServices.Redistribution);
        settings["reasoning:runsForFirstModel"] = "2";
        settings["reasoning:strategyPeriod"] = "00:00:00.200";
        await using var thinkers = await HubProcess.StartAsync("reasoning,integration", folder.File("thinkers"), settings);
        await thinkers.SaysAsync("events of communication come from");

        using var rest = thinkers.Http(HubServices.Front);
        await using var device = await FleetDevice.JoinAsync(rest, doers.MqttPort, "site-1", "pump-1", digest: null);
        await device.EndRunAsync("run-1");
        await device.EndRunAsync("run-2");

        // Fact over MQTT, stored there, told here, decided here, asked there over gRPC.
        await thinkers.SaysAsync("fleet: train anomaly by reconstruction, because 2 machine runs have ended");
        var runs = await rest.GetFromJsonAsync<JsonElement>("/api/v1/training");
        Assert.Equal("fleet", Assert.Single(runs.EnumerateArray()).GetProperty("request").GetProperty("requestedBy").GetString());
        var devices = await rest.GetFromJsonAsync<JsonElement>("/api/v1/devices");
        Assert.True(Assert.Single(devices.EnumerateArray()).GetProperty("online").GetBoolean());
        var statistics = await rest.GetFromJsonAsync<JsonElement>("/api/v1/experiences/statistics");
        Assert.Equal(2, statistics.GetProperty("facts").GetInt64());
    }
}

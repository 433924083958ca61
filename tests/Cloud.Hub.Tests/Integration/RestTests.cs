using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using NSubstitute;

namespace Cloud.Hub.Tests.Integration;

public class RestTests
{
    [Fact]
    public async Task The_overview_counts_devices_models_and_alarms()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Fleet.DevicesAsync(default)
            .ReturnsForAnyArgs(
                [SampleFleet.Device("pump-1"), SampleFleet.Device("pump-2", online: false),
                    SampleFleet.Device("pump-3", site: "mill", digest: SampleFleet.NewDigest)]);
        front.Doors.Agents.SitesAsync(default).ReturnsForAnyArgs([new SiteSituation("harbour", 2, 1, 4, "pressure falls on pump-1 and pump-2")]);
        front.Doors.Registry.ListAsync(default)
            .ReturnsForAnyArgs([new ModelEntry(SampleFleet.OldDigest, SampleFleet.Manifest(), 31_000, SampleFleet.Noon, "learning", false)]);
        front.Doors.Archive.StatisticsAsync(default).ReturnsForAnyArgs(new ArchiveStatistics(120, 100, 3, 0, 0, 0, 4_096, []));

        var overview = await front.Http.GetFromJsonAsync<JsonElement>("/api/v1/overview");

        var sites = overview.GetProperty("sites");
        Assert.Equal(2, sites.GetArrayLength());
        Assert.Equal("harbour", sites[0].GetProperty("siteId").GetString());
        Assert.Equal(1, sites[0].GetProperty("online").GetInt32());
        Assert.Equal(4, sites[0].GetProperty("samplingBoost").GetDouble());
        Assert.Equal(2, overview.GetProperty("models")[0].GetProperty("devices").GetInt32());
        Assert.Equal("pump-anomaly", overview.GetProperty("models")[0].GetProperty("name").GetString());
        Assert.Equal(100, overview.GetProperty("archive").GetProperty("experiences").GetInt64());
        Assert.Equal(
            ["sense", "sync", "store", "judge", "learn", "sign", "rollout", "prove"],
            overview.GetProperty("loop").EnumerateArray().Select(static stage => stage.GetProperty("stage").GetString()));
        Assert.All(overview.GetProperty("loop").EnumerateArray(), static stage => Assert.Equal("idle", stage.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Enrolling_takes_the_enrolment_token_and_gives_the_password_once()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Fleet.EnrolAsync("harbour", "pump-1", Arg.Any<CancellationToken>()).Returns(new Enrolment("harbour", "pump-1", "secret"));
        using var enroller = front.Hub.Http(HubServices.Front, front.Hub.EnrolmentToken);
        using var answer = await enroller.PostAsJsonAsync("/api/v1/devices", new { siteId = "harbour", deviceId = "pump-1" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/api/v1/devices/pump-1", answer.Headers.Location?.OriginalString);
        Assert.Equal("secret", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("password").GetString());
    }

    [Fact]
    public async Task A_command_is_sent_with_its_expiry_and_answered_with_the_devices_reply()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Fleet.DeviceAsync("pump-1", Arg.Any<CancellationToken>()).Returns(SampleFleet.Device("pump-1"));
        front.Doors.Fleet.SendAsync("pump-1", "ping", TimeSpan.FromSeconds(5), null, Arg.Any<CancellationToken>())
            .Returns(new CommandReply("c-1", true));
        using var answer = await front.Http.PostAsync(
            "/api/v1/devices/pump-1/commands", FrontFixture.Json("""{"kind":"ping","expiresInSeconds":5}"""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("succeeded").GetBoolean());
    }

    [Fact]
    public async Task An_acknowledgement_becomes_a_label_under_the_operators_name()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Feedback.AcknowledgeAsync("a-1", "cavitation", "operator", Arg.Any<CancellationToken>()).Returns(true);
        using var known = await front.Http.PostAsync("/api/v1/alarms/a-1/acknowledge", FrontFixture.Json("""{"label":"cavitation"}"""));
        Assert.Equal(HttpStatusCode.NoContent, known.StatusCode);
        using var unknown = await front.Http.PostAsync("/api/v1/alarms/a-2/acknowledge", FrontFixture.Json("""{"label":"cavitation"}"""));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Labels_are_accepted_in_order()
    {
        await using var front = await FrontFixture.StartAsync();
        using var answer = await front.Http.PostAsync(
            "/api/v1/labels",
            FrontFixture.Json(
                """[{"deviceId":"pump-1","fromUs":1,"toUs":3,"label":"normal","source":"operator"},{"deviceId":"pump-1","fromUs":4,"toUs":9,"label":"leak","kind":"outcome","source":"maintenance"},{"deviceId":"pump-1","fromUs":9,"toUs":9,"label":"seized","kind":"failure","source":"maintenance"}]"""));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(3, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
        await front.Doors.Feedback.Received(1)
            .AddLabelsAsync(
                Arg.Is<IReadOnlyList<OutcomeLabel>>(static labels =>
                    labels.Count == 3 && labels[0].Kind == LabelKind.Outcome && labels[1].Label == "leak" && labels[2].Kind == LabelKind.Failure),
                Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_training_run_that_has_ended_is_not_cancelled()
    {
        await using var front = await FrontFixture.StartAsync();
        var request = new TrainingRequest { ModelName = "pump-anomaly", Recipe = "reconstruction", RequestedBy = "fleet-agent" };
        front.Doors.Training.RunAsync("t-1", Arg.Any<CancellationToken>())
            .Returns(new TrainingRunView { RunId = "t-1", Request = request, State = "registered" });
        front.Doors.Training.StartAsync(Arg.Any<TrainingRequest>(), Arg.Any<CancellationToken>()).Returns("t-2");
        using var started = await front.Http.PostAsJsonAsync("/api/v1/training", request);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal("t-2", (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("runId").GetString());
        using var late = await front.Http.DeleteAsync("/api/v1/training/t-1");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("registered", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_added_by_its_two_parts_and_fetched_as_a_package()
    {
        await using var front = await FrontFixture.StartAsync();
        var entry = new ModelEntry(SampleFleet.NewDigest, SampleFleet.Manifest(), 31_000, SampleFleet.Noon, "operator", false);
        byte[] added = [];
        front.Doors.Registry.AddAsync(
            Arg.Any<ModelManifest>(), Arg.Do<ReadOnlyMemory<byte>>(bytes => added = bytes.ToArray()), "operator", Arg.Any<CancellationToken>())
            .Returns(entry);
        front.Doors.Registry.PackageAsync(SampleFleet.NewDigest, Arg.Any<CancellationToken>()).Returns(new ReadOnlyMemory<byte>([7, 8, 9]));
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(
                JsonSerializer.SerializeToUtf8Bytes(SampleFleet.Manifest(), ContractsJson.Default.ModelManifest)), "manifest", "manifest.json" },
            { new ByteArrayContent([1, 2, 3]), "onnx", "model.onnx" },
        };
        using var answer = await front.Http.PostAsync("/api/v1/models", form);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        Assert.Equal([1, 2, 3], added);
        Assert.Equal([7, 8, 9], await front.Http.GetByteArrayAsync($"/api/v1/models/{SampleFleet.NewDigest}/package"));
    }

    [Fact]
    public async Task A_refused_rollout_is_a_conflict_that_says_why()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Rollouts.StartAsync(Arg.Any<RolloutRequest>(), Arg.Any<CancellationToken>())
            .Returns<RolloutView>(static _ => throw new RolloutRefusedException("pump-1 is in rollout r-1"));
        using var answer = await front.Http.PostAsync(
            "/api/v1/rollouts",
            FrontFixture.Json("""{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":{"maximumWait":"00:02:00"}}"""));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("pump-1 is in rollout r-1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await front.Doors.Rollouts.Received(1)
            .StartAsync(
                Arg.Is<RolloutRequest>(static request => request.Gate.MaximumWait == TimeSpan.FromMinutes(2) && request.Groups.Count == 3),
                Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_model_is_put_in_quarantine_with_a_reason_and_by_whom()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Quarantine.QuarantineAsync("sha256:1", Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(true);
        using var done = await front.Http.PostAsync("/api/v1/models/sha256:1/quarantine", FrontFixture.Json("""{"reason":"misses seal leaks"}"""));
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        await front.Doors.Quarantine.Received(1)
            .QuarantineAsync("sha256:1", Arg.Is<string>(static reason => reason.StartsWith("misses seal leaks (")), Arg.Any<CancellationToken>());
        using var unknown = await front.Http.PostAsync("/api/v1/models/sha256:2/quarantine", FrontFixture.Json("""{"reason":"misses seal leaks"}"""));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var mute = await front.Http.PostAsync("/api/v1/models/sha256:1/quarantine", FrontFixture.Json("{}"));
        Assert.Equal(HttpStatusCode.BadRequest, mute.StatusCode);
    }

    [Fact]
    public async Task A_body_above_the_hubs_limit_is_refused()
    {
        await using var front = await FrontFixture.StartAsync(new Dictionary<string, string?> { ["Limits:MaxRequestBytes"] = "4096" });
        using var answer = await front.Http.PostAsync("/api/v1/labels", FrontFixture.Json($"[{new string(' ', 8_000)}]"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task The_description_lists_every_route_and_holds_no_data()
    {
        await using var front = await FrontFixture.StartAsync();
        using var nobody = front.Hub.Http(HubServices.Front, token: "");
        var description = await nobody.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var paths = description.GetProperty("paths").EnumerateObject().Select(static path => path.Name).ToArray();
        string[] expected =
        [
            "/api/v1/overview", "/api/v1/devices", "/api/v1/devices/{id}", "/api/v1/devices/{id}/commands", "/api/v1/devices/{id}/telemetry",
            "/api/v1/alarms",
            "/api/v1/alarms/{id}/acknowledge", "/api/v1/labels", "/api/v1/experiences/statistics", "/api/v1/quality", "/api/v1/training",
            "/api/v1/training/{id}",
            "/api/v1/models", "/api/v1/models/{digest}", "/api/v1/models/{digest}/package", "/api/v1/models/{digest}/quarantine", "/api/v1/rollouts",
            "/api/v1/rollouts/{id}", "/api/v1/rollouts/{id}/pause",
            "/api/v1/rollouts/{id}/resume", "/api/v1/rollouts/{id}/cancel", "/api/v1/rollouts/{id}/restore", "/api/v1/sites", "/api/v1/decisions",
            "/api/v1/opinions",
            "/api/v1/data-quality", "/api/v1/pump/faults", "/api/v1/events",
        ];
        Assert.Empty(expected.Except(paths));
        Assert.True(description.GetProperty("components").GetProperty("securitySchemes").TryGetProperty("bearer", out _));
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Wiring;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Grpc.Core;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Events1 = Cloud.Hub.Bus.Contract.V1;
using V1 = Cloud.Hub.Communication.Contract.V1;

namespace Cloud.Hub.Tests.Redistribution.DirectDevices;

/// <summary>Debian's own swupdate against a hub in a process of its own.</summary>
public sealed class SwupdateTests(SwupdateHub shared) : IClassFixture<SwupdateHub>
{
    private const string Site = "harbour";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly HubProcess _hub = shared.Process;
    private readonly FirmwareArchive _firmware = shared.Firmware;

    [Fact]
    public async Task Swupdate_registers_installs_by_rollout_and_passes_its_gate_once_it_shows_the_new_image_after_its_restart_and_keeps_running()
    {
        await using var device = new SwupdateDevice("os-1:1");
        var first = await AddAsync("os-1", 1, device);
        var token = await EnrolAsync("gateway-1");
        device.Start(_hub.Address(HubServices.Redistribution), Site, "gateway-1", $"-k {token}", _firmware.Certificate);
        var known = await UntilAsync("gateway-1", reported => reported.ActiveDigest == first);
        Assert.Equal("gateway", known.Hardware);
        Assert.Equal("os-1:1", known.Tags["image"]);

        var second = await AddAsync("os-1", 2, device, padding: 200_000);
        var rollout = await StartRolloutAsync("gateway-1", second);
        await device.SaysAsync("SWUPDATE successful");
        // Installed, and still running the old image: nothing may call that an update.
        var before = await UntilAsync("gateway-1", reported => reported.SlotState == SlotState.Downloading);
        Assert.Equal(first, before.ActiveDigest);
        await device.StopAsync();

        Assert.Equal("os-1:2", device.Image);
        device.Start(_hub.Address(HubServices.Redistribution), Site, "gateway-1", $"-k {token}", _firmware.Certificate, confirm: 2);
        var after = await UntilAsync("gateway-1", reported => reported.SlotState == SlotState.Committed && reported.ActiveDigest == second);
        Assert.Equal((first, "start-1"), (after.PreviousDigest, after.BootId));
        var done = await UntilRolloutAsync(rollout, static view => view.EndedAt is not null);
        Assert.Equal("completed", done.State);
        Assert.Equal(
            (1, 1, 0L), (done.Groups[0].Evidence!.DevicesAnswered, done.Groups[0].Evidence!.DevicesHealthy, done.Groups[0].Evidence!.Windows));
    }

    [Fact]
    public async Task A_device_that_comes_back_with_the_old_image_has_failed_whatever_it_says_and_its_rollout_is_stopped()
    {
        await using var device = new SwupdateDevice("os-2:1");
        var first = await AddAsync("os-2", 1, device);
        var second = await AddAsync("os-2", 2, device);
        var token = await EnrolAsync("gateway-2");
        device.Start(_hub.Address(HubServices.Redistribution), Site, "gateway-2", $"-k {token}", _firmware.Certificate);
        await UntilAsync("gateway-2", reported => reported.ActiveDigest == first);
        var rollout = await StartRolloutAsync("gateway-2", second);
        await device.SaysAsync("SWUPDATE successful");
        await UntilAsync("gateway-2", reported => reported.SlotState == SlotState.Downloading);
        await device.StopAsync();

        // Its boot loader went back, and its update client knows nothing of that.
        device.Image = "os-2:1";
        device.Start(_hub.Address(HubServices.Redistribution), Site, "gateway-2", $"-k {token}", _firmware.Certificate, confirm: 2);
        var stopped = await UntilRolloutAsync(rollout, static view => view.EndedAt is not null);
        Assert.Equal(("restored", GateLimits.ModelFailures), (stopped.State, stopped.StoppedBy));
        var told = Assert.Single(stopped.Groups[0].Devices);
        Assert.Equal((first, true), (told.AnsweringDigest, told.Reason!.StartsWith("old-image: ", StringComparison.Ordinal)));
        // The way back is what it runs already.
        await UntilAsync("gateway-2", reported => reported.SlotState == SlotState.Committed && reported.ActiveDigest == first);
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        await using var device = new SwupdateDevice("os-3:1");
        await AddAsync("os-3", 1, device);
        var second = await AddAsync("os-3", 2, device, padding: 3_000_000);
        var token = await EnrolAsync("gateway-3");
        await using var line = new BreakingLine(_hub.Address(HubServices.Redistribution), breakAfterBytes: 1_000_000);
        device.Start(line.Address, Site, "gateway-3", $"-k {token}", _firmware.Certificate);
        await AssignAsync("gateway-3", second, "os-3", 2);
        await device.SaysAsync("SWUPDATE successful");
        Assert.Equal("os-3:2", device.Image);
        Assert.Equal(1, line.Breaks);
        Assert.True(line.Bytes < 4_500_000, $"{line.Bytes} bytes went over the line for an archive of 3,000,000");
    }

    [Fact]
    public async Task A_gateways_token_registers_a_device_and_a_wrong_one_gets_nowhere()
    {
        await using var device = new SwupdateDevice("os-4:1");
        var first = await AddAsync("os-4", 1, device);
        var gateway = (await File.ReadAllTextAsync(_hub.FileOf("enrolment.token"))).Trim();
        device.Start(_hub.Address(HubServices.Redistribution), Site, "gateway-4", $"-g {gateway}", _firmware.Certificate);
        await UntilAsync("gateway-4", reported => reported.ActiveDigest == first);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("gateway-4", "TargetToken guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("gateway-4", "GatewayToken guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("gateway-4", null));
        // A device's token opens its own address only, and an operator's none.
        var token = await EnrolAsync("gateway-5");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("gateway-5", $"TargetToken {token}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("gateway-4", $"TargetToken {token}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("gateway-4", $"Bearer {_hub.Token}"));
    }

    [Fact]
    public async Task What_is_no_word_of_the_protocol_is_refused_and_changes_nothing()
    {
        var token = await EnrolAsync("gateway-6");
        var here = $"/{Site}/controller/v1/gateway-6";
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(HttpMethod.Put, $"{here}/configData", """{"data":"""));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(HttpMethod.Put, $"{here}/configData", """{"mode":"grow","data":{"a":"b"}}"""));
        Assert.Equal(
            HttpStatusCode.BadRequest,
            await SendAsync(HttpMethod.Post, $"{here}/deploymentBase/1/feedback", """{"status":{"execution":"dancing"}}"""));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(HttpMethod.Get, $"{here}/deploymentBase/1", null));
        Assert.Equal(
            HttpStatusCode.NotFound, await SendAsync(HttpMethod.Get, $"{here}/softwaremodules/sha256:{new string('1', 64)}/artifacts/x.swu", null));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(HttpMethod.Put, $"{here}/configData", new string('x', 100_000)));

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string? body)
        {
            using var http = new HttpClient { BaseAddress = _hub.Address(HubServices.Redistribution) };
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"TargetToken {token}");
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    private async Task<HttpStatusCode> StatusAsync(string deviceId, string? authorization)
    {
        using var http = new HttpClient { BaseAddress = _hub.Address(HubServices.Redistribution) };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{Site}/controller/v1/{deviceId}");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<string> AddAsync(string name, long release, SwupdateDevice device, int padding = 0)
    {
        using var http = _hub.Http(HubServices.Front);
        using var content = new ByteArrayContent(_firmware.Pack($"{name}:{release}", device.ImageFile, padding));
        using var answer = await http.PostAsync($"/api/v1/artefacts?kind=firmware&name={name}&release={release}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("digest").GetString()!;
    }

    private async Task<string> EnrolAsync(string deviceId)
    {
        using var channel = _hub.Grpc(HubServices.Communication);
        return (await new V1.Communication.CommunicationClient(channel).EnrolAsync(
            new V1.EnrolRequest { SiteId = Site, DeviceId = deviceId })).Password;
    }

    /// <summary>A gate that wants the device to run the new image for two seconds.</summary>
    private async Task<string> StartRolloutAsync(string deviceId, string digest)
    {
        using var http = _hub.Http(HubServices.Front);
        using var answer = await http.PostAsJsonAsync("/api/v1/rollouts", new
        {
            digest, deviceIds = new[] { deviceId }, requestedBy = "test", reason = "because", gate = new { minimumHealthyTime = "00:00:02", maximumWait = "00:05:00" },
        });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rolloutId").GetString()!;
    }

    /// <summary>The rollout, once it holds: looked at now, and again at each move of one.</summary>
    private async Task<RolloutView> UntilRolloutAsync(string rolloutId, Func<RolloutView, bool> holds)
    {
        using var channel = _hub.Grpc(HubServices.Redistribution);
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var events = new Events1.Events.EventsClient(channel).Follow(
            new Events1.FollowRequest { Service = HubServices.Redistribution }, cancellationToken: patience.Token);
        RolloutView? last = null;
        try
        {
            await events.ResponseHeadersAsync;
            while (true)
            {
                using var http = _hub.Http(HubServices.Front);
                last = await http.GetFromJsonAsync<RolloutView>($"/api/v1/rollouts/{rolloutId}", Json, patience.Token);
                if (holds(last!)) return last!;
                await events.ResponseStream.MoveNext(patience.Token);
            }
        }
        catch (Exception e) when (e is RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException)
        {
            throw new InvalidOperationException($"{rolloutId} never came so far; last: {JsonSerializer.Serialize(last, Json)}\n{_hub.Said}");
        }
    }

    private async Task AssignAsync(string deviceId, string digest, string name, long release)
    {
        using var channel = _hub.Grpc(HubServices.Communication);
        var wanted = new ModelAssignment { Kind = ArtefactKind.Firmware, Digest = digest, Name = name, Release = release, PackageBytes = 1,
            Url = $"/artefacts/{digest}" };
        await new V1.Communication.CommunicationClient(channel).SetModelAsync(
            new V1.SetModelRequest { DeviceId = deviceId, ModelJson = JsonSerializer.Serialize(wanted, ContractsJson.Default.ModelAssignment) });
    }

    /// <summary>The device's report, once it holds: looked at now, and again at each that comes.</summary>
    private async Task<ReportedState> UntilAsync(string deviceId, Func<ReportedState, bool> holds)
    {
        using var channel = _hub.Grpc(HubServices.Communication);
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var events = new Events1.Events.EventsClient(channel).Follow(
            new Events1.FollowRequest { Service = HubServices.Communication }, cancellationToken: patience.Token);
        ReportedState? last = null;
        try
        {
            await events.ResponseHeadersAsync;
            last = (await new FleetGrpcClient(new V1.Communication.CommunicationClient(channel)).DeviceAsync(deviceId, patience.Token))?.Reported;
            while (last is null || !holds(last))
            {
                if (!await events.ResponseStream.MoveNext(patience.Token)) break;
                if (EventWire.FromWire(events.ResponseStream.Current) is ReportedStateChanged changed && changed.DeviceId == deviceId)
                    last = changed.Reported;
            }

            return last!;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
        {
            throw new InvalidOperationException(
                $"{deviceId} never came so far; last: {(last is null ? "no report" : JsonSerializer.Serialize(last, ContractsJson.Default.ReportedState))}\n{_hub.Said}");
        }
    }
}

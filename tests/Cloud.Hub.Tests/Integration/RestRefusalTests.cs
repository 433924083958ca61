using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cloud.Hub.Host;

namespace Cloud.Hub.Tests.Integration;

/// <summary>Who is refused, and what; one hub for all, since nothing here changes it.</summary>
public class RestRefusalTests(SharedFront shared) : IClassFixture<SharedFront>
{
    [Theory]
    [InlineData("overview")]
    [InlineData("devices")]
    [InlineData("alarms")]
    [InlineData("labels")]
    [InlineData("experiences/statistics")]
    [InlineData("quality")]
    [InlineData("training")]
    [InlineData("models")]
    [InlineData("rollouts")]
    [InlineData("sites")]
    [InlineData("decisions")]
    [InlineData("opinions")]
    [InlineData("data-quality")]
    [InlineData("pump/faults")]
    public async Task Every_list_answers_on_the_front_and_on_the_services_own_port_to_an_operator_only(string path)
    {
        var front = shared.Front;
        foreach (var port in (string[])[HubServices.Front, HubServices.Integration])
        {
            using var operators = front.Hub.Http(port);
            using var answer = await operators.GetAsync($"/api/v1/{path}");
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{port} {path}: {await answer.Content.ReadAsStringAsync()}");
            using var nobody = front.Hub.Http(port, token: "");
            Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"/api/v1/{path}")).StatusCode);
            using var enroller = front.Hub.Http(port, front.Hub.EnrolmentToken);
            Assert.Equal(HttpStatusCode.Forbidden, (await enroller.GetAsync($"/api/v1/{path}")).StatusCode);
        }
    }

    [Theory]
    [InlineData("devices", """{"siteId":"Harbour!","deviceId":"pump-1"}""", "siteId", "lower-case")]
    [InlineData("devices", """{"siteId":"harbour"}""", "deviceId", "lower-case")]
    [InlineData("devices", """{"siteId":""", "siteId", "")]
    [InlineData("devices", """{"siteId":7}""", "siteId", "kind")]
    [InlineData("devices/pump-1/commands", """{"kind":""}""", "kind", "missing")]
    [InlineData("devices/pump-1/commands", """{"kind":"ping","expiresInSeconds":0}""", "expiresInSeconds", "1 to 300")]
    [InlineData("alarms/a-1/acknowledge", "{}", "label", "missing")]
    [InlineData("labels", """[{"deviceId":"pump-1","fromUs":9,"toUs":3,"label":"normal","source":"operator"}]""", "[0].toUs", "before")]
    [InlineData("labels", """[{"deviceId":"pump-1","fromUs":"soon","toUs":3,"label":"normal","source":"operator"}]""", "[0].fromUs", "kind")]
    [InlineData("labels", """[{"deviceId":"pump-1","fromUs":1,"toUs":3,"source":"operator"}]""", "label", "missing")]
    [InlineData("labels", """[{"deviceId":"pump-1","fromUs":1,"toUs":3,"label":"idle","source":"operator"}]""", "[0].kind", "'idle' may name")]
    [InlineData("training", """{"modelName":"pump anomaly","recipe":"reconstruction","requestedBy":"me"}""", "modelName", "lower-case")]
    [InlineData("training", """{"modelName":"pump-anomaly","requestedBy":"me"}""", "recipe", "missing")]
    [InlineData(
        "rollouts", """{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":{"minimumWindows":0}}""", "gate.minimumWindows",
        "never success")]
    [InlineData(
        "rollouts", """{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":{"windowsPerEpisode":0}}""", "gate.windowsPerEpisode",
        "outside 1 to")]
    [InlineData(
        "rollouts", """{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":{"limits":{"luck":0.1}}}""", "gate.limits",
        "there is no metric 'luck'")]
    [InlineData(
        "rollouts", """{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":{"maximumBadLuck":0.1}}""", "maximumBadLuck",
        "there is no member")]
    [InlineData(
        "rollouts", """{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":"lucky"}""", "gate",
        "there is no gate 'lucky'; there are default, strict")]
    [InlineData("rollouts", """{"digest":"sha256:1","requestedBy":"me"}""", "reason", "missing")]
    public async Task A_body_that_is_not_valid_is_refused_with_field_and_reason(string path, string body, string field, string reason)
    {
        var front = shared.Front;
        using var answer = await front.Http.PostAsync($"/api/v1/{path}", FrontFixture.Json(body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var detail = JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString();
        Assert.Contains(field, detail, StringComparison.Ordinal);
        Assert.Contains(reason, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Cloud.Hub", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alarms?limit=0", "limit")]
    [InlineData("alarms?limit=many", "limit")]
    [InlineData("alarms?open=maybe", "open")]
    [InlineData("decisions?limit=100000", "limit")]
    [InlineData("opinions?deviceId=A_B", "deviceId")]
    [InlineData("labels?deviceId=A_B", "deviceId")]
    public async Task A_query_that_is_not_valid_is_refused_with_its_field(string path, string field)
    {
        var front = shared.Front;
        using var answer = await front.Http.GetAsync($"/api/v1/{path}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "devices/pump-9", "device")]
    [InlineData("GET", "devices/pump-9/telemetry", "device")]
    [InlineData("GET", "training/t-9", "training run")]
    [InlineData("DELETE", "training/t-9", "training run")]
    [InlineData("GET", "models/sha256:0", "model")]
    [InlineData("GET", "models/sha256:0/package", "model")]
    [InlineData("GET", "rollouts/r-9", "rollout")]
    [InlineData("POST", "rollouts/r-9/pause", "rollout")]
    [InlineData("POST", "rollouts/r-9/restore", "rollout")]
    public async Task What_is_not_there_is_named(string method, string path, string what)
    {
        var front = shared.Front;
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}");
        using var answer = await front.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.StartsWith(what, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest", "{}", "onnx", "manifest")]
    [InlineData("manifest", "not json", "onnx", "manifest")]
    [InlineData("other", "{}", "onnx", "manifest")]
    [InlineData("manifest", "{}", "other", "onnx")]
    public async Task A_model_without_its_parts_is_refused(string first, string text, string second, string named)
    {
        var front = shared.Front;
        using var form = new MultipartFormDataContent { { new StringContent(text), first, "a" }, { new ByteArrayContent([1]), second, "b" } };
        using var answer = await front.Http.PostAsync("/api/v1/models", form);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(named, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var plain = await front.Http.PostAsync("/api/v1/models", FrontFixture.Json("{}"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, plain.StatusCode);
    }
}

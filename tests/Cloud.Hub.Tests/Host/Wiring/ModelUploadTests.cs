using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Host.Wiring;

/// <summary>Models that must not enter the registry, sent to its own port and to the front of a hub that has it as remote.</summary>
public sealed class ModelUploadTests(HubsApart hubs) : IClassFixture<HubsApart>
{
    [Theory]
    [InlineData("wrong-digest", "the manifest says sha256:")]
    [InlineData("truncated", "ORT_INVALID_PROTOBUF")]
    [InlineData("no-model", "ORT_INVALID_PROTOBUF")]
    [InlineData("wrong-shape", "Shape")]
    [InlineData("wrong-name", "Name")]
    [InlineData("unknown-operation", "NoSuchOperation")]
    [InlineData("window-does-not-fit", "Shape")]
    public async Task A_model_that_devices_would_refuse_is_refused_with_the_reason(string fault, string reason)
    {
        var good = Models.Onnx("good");
        var (onnx, manifest) = fault switch
        {
            "wrong-digest" => (Models.Onnx("evil"), Models.Manifest("upload", 1, good)),
            "truncated" => Both(good[..^20]),
            "no-model" => Both("no model at all"u8.ToArray()),
            "wrong-shape" => Both(Models.Onnx("wide", input: new TensorSpec("in", [1, 3, 8]))),
            "wrong-name" => Both(good) is var (bytes, fits) ? (bytes, fits with { Input = new TensorSpec("other", [1, 2, 8]) }) : default,
            "unknown-operation" => Both(Models.Onnx("odd", "NoSuchOperation")),
            "window-does-not-fit" => Both(good) is var (bytes, fits) ? (bytes, fits with { Window = new WindowSpec(16, 4) }) : default,
            _ => throw new ArgumentException(fault, nameof(fault)),
        };
        var before = (await hubs.Providers.Get<IModelRegistry>().ListAsync(default)).Count;
        using var own = hubs.Providers.Http(HubServices.Redistribution);
        using var front = hubs.Front.Http(HubServices.Front);
        foreach (var (client, path) in ((HttpClient, string)[])[(own, "/models"), (front, "/api/v1/models")])
        {
            using var form = new MultipartFormDataContent
            {
                { new ByteArrayContent(
                    JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest)), "manifest", "manifest.json" },
                { new ByteArrayContent(onnx), "onnx", "model.onnx" },
            };
            using var answer = await client.PostAsync(path, form);
            var problem = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path}: {(int)answer.StatusCode} {problem}");
            Assert.Contains(reason, JsonDocument.Parse(problem).RootElement.GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(before, (await hubs.Providers.Get<IModelRegistry>().ListAsync(default)).Count);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_before_it_is_read()
    {
        await using var hub = await HubFixture.StartAsync(
            HubServices.Integration,
            new Dictionary<string, string?>(HubsApart.Remotes(hubs.Providers, hubs.Provided)) { ["Limits:MaxRequestBytes"] = "2048" });
        using var client = hub.Http(HubServices.Front);
        using var answer = await client.PostAsJsonAsync("/api/v1/labels", new string('x', 4096));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static (byte[] Onnx, ModelManifest Manifest) Both(byte[] onnx) => (onnx, Models.Manifest("upload", 1, onnx));
}

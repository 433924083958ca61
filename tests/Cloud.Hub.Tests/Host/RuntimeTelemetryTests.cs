using System.Net;
using System.Text.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Host;

public sealed class RuntimeTelemetryTests
{
    [Fact]
    public async Task A_hub_that_has_opened_a_model_leaves_no_telemetry_of_onnx_runtime_under_its_home()
    {
        using var home = new TempFolder();
        using var data = new TempFolder();
        await using var hub = await HubProcess.StartAsync("memory,communication,feedback,redistribution", data.File("hub"), home: home.Path);
        var onnx = Models.Onnx("one");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(
                JsonSerializer.SerializeToUtf8Bytes(Models.Manifest("pump", 1, onnx), ContractsJson.Default.ModelManifest)), "manifest",
                "manifest.json" },
            { new ByteArrayContent(onnx), "onnx", "model.onnx" },
        };
        using var client = hub.Http(HubServices.Redistribution);
        using var answer = await client.PostAsync("/models", form);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());

        Assert.Contains("libonnxruntime", hub.MappedFiles, StringComparison.Ordinal);
        Assert.DoesNotContain("ORT_DISABLE_TELEMETRY", hub.StartEnvironment, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories),
            static file => file.Contains("onnx", StringComparison.OrdinalIgnoreCase)
                || file.Contains("DeveloperTools", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(hub.OpenFiles, file => file.StartsWith(home.Path, StringComparison.Ordinal));
    }
}

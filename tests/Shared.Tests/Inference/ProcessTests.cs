using System.Diagnostics;
using System.Globalization;
using Hmas.Testing;

namespace Shared.Tests.Inference;

/// <summary>What can only be seen from outside a process.</summary>
public class ProcessTests
{
    [Fact]
    public async Task A_program_that_runs_a_model_leaves_no_telemetry_under_its_home()
    {
        using var home = new TempFolder();
        await RunChild(home.Path, "run-model");
        var files = Directory.GetFiles(home.Path, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(
            files, file => file.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase)
                || file.Contains("DeveloperTools", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_thousand_model_swaps_do_not_grow_resident_memory()
    {
        using var home = new TempFolder();
        var output = await RunChild(home.Path, "swap-models", "1000");
        var kilobytes = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, CultureInfo.InvariantCulture))
            .ToArray();
        // 2,000 sessions between the two readings: one kept copy of the larger model's 10 KB each second time would already be 10 MB.
        Assert.True(kilobytes[1] - kilobytes[0] < 8 * 1024, $"resident {kilobytes[0]} kB after warm-up, {kilobytes[1]} kB after 1,000 more swaps.");
    }

    private static async Task<string> RunChild(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            Environment = { ["HOME"] = home },
        };
        start.Environment.Remove("ORT_DISABLE_TELEMETRY");
        start.Environment.Remove("XDG_CACHE_HOME");
        start.ArgumentList.Add(typeof(ProcessTests).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        var end = await Tool.TryAsync(start);
        Assert.True(end.Code == 0, $"{string.Join(' ', arguments)} ended with {end.Code}: {end.Error}");
        return end.Output;
    }
}

using System.Diagnostics;
using System.Globalization;
using Hmas.Testing;

namespace Hmas.System.Tests;

/// <summary>The demo as a process that is told to stop while its hub and devices run. They are published beforehand: in its tree
/// stand projects that build nothing.</summary>
public sealed class DemoStopTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DemoStopTests()
    {
        Directory.CreateDirectory(_folder.File("artifacts"));
        foreach (var part in (string[])["artifacts/publish", "deploy"])
            Directory.CreateSymbolicLink(_folder.File(part), Path.Combine(Repository.Root, part));
        foreach (var project in (string[])["Cloud.Hub", "Edge.Agent"])
        {
            Directory.CreateDirectory(_folder.File($"src/{project}"));
            File.WriteAllText(
                _folder.File($"src/{project}/{project}.proj"), """<Project><Target Name="Restore" /><Target Name="Publish" /></Project>""");
        }
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Nothing_that_it_started_outlives_it_and_it_says_so(string signal)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var demo = Process.Start(Demo()) ?? throw new InvalidOperationException("The demo did not start.");
        var error = demo.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            // Every device has played a recording by then; one that was just started has no command line for a moment.
            if (!await SaysAsync(demo.StandardOutput, "first model:", limit.Token)) Assert.Fail($"it ended too soon: {await error}");
            Assert.True(Started().Count >= 3, "hub and two devices were expected to run");
            await Tool.RunAsync("kill", $"-{signal}", demo.Id.ToString(CultureInfo.InvariantCulture));
            await demo.StandardOutput.ReadToEndAsync(limit.Token);
            await demo.WaitForExitAsync(limit.Token);
            Assert.Empty(Started());
            Assert.Equal(1, demo.ExitCode);
            Assert.Contains("demo: stopped", await error, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var left in Started()) Process.GetProcessById(left).Kill();
            if (!demo.HasExited) demo.Kill();
        }
    }

    public void Dispose() => _folder.Dispose();

    private ProcessStartInfo Demo()
    {
        // A program that is started in the background may have been told to ignore Ctrl-C; a person's is not.
        string[] arguments = [
            "--default-signal=INT", "dotnet", Path.Combine(Repository.Root, "artifacts/bin/Operator.Cli/release/hmas.dll"), "demo", "--root", _folder.Path,
            "--data", "simulated", "--devices", "2", "--port-offset", FreePorts.HubOffset().ToString(CultureInfo.InvariantCulture)];
        return new ProcessStartInfo("env", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private static async Task<bool> SaysAsync(StreamReader output, string text, CancellationToken ct)
    {
        while (await output.ReadLineAsync(ct) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Hub and agents of this demo that run now: each has a file of its folder on its command line.</summary>
    private List<int> Started() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(static name => name!.All(char.IsAsciiDigit))
            .Where(pid => CommandLine(pid!).Contains(_folder.File("artifacts/demo"), StringComparison.Ordinal))
            .Select(static pid => int.Parse(pid!, CultureInfo.InvariantCulture)),
    ];

    private static string CommandLine(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }
}

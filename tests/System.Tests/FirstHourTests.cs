using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;

namespace Hmas.System.Tests;

/// <summary>What a person does who has just published the programs: a hub, a device, and a look at it.</summary>
public sealed class FirstHourTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_device_is_enrolled_from_a_terminal_starts_with_what_that_wrote_and_is_seen()
    {
        await using var site = await StartHubAsync();
        var hub = OperatorProgram.Knowing(site.Front, site.HubFolder);
        Assert.EndsWith(
            "no device yet: ./hmas devices enrol SITE DEVICE\n", (await OperatorProgram.RunAsync(hub, "devices")).Said, StringComparison.Ordinal);

        var device = _folder.File("device");
        var (code, said) = await OperatorProgram.RunAsync(hub, "devices", "enrol", "north", "pump-1", "--folder", device);
        Assert.True(code == 0, said);
        Assert.Contains($"./hmas agent run --settings {device}/agent.yaml", said, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(device, "password")));
        await using (var agent = Start(device))
        {
            await Eventually.HoldsAsync(async () =>
            {
                agent.RequireRunning();
                return (await OperatorProgram.RunAsync(hub, "devices")).Said.Contains("1 device, 1 online", StringComparison.Ordinal);
            });
        }

        // Enrolled again it gets another password; what a person wrote into the settings stays.
        var password = await File.ReadAllTextAsync(Path.Combine(device, "password"));
        await File.AppendAllTextAsync(Path.Combine(device, "agent.yaml"), "# mine\n");
        (_, said) = await OperatorProgram.RunAsync(hub, "devices", "enrol", "north", "pump-1", "--folder", device);
        Assert.Contains("The settings that were there stay", said, StringComparison.Ordinal);
        Assert.Contains("An older password counts no more", said, StringComparison.Ordinal);
        Assert.EndsWith("# mine\n", await File.ReadAllTextAsync(Path.Combine(device, "agent.yaml")), StringComparison.Ordinal);
        Assert.NotEqual(password, await File.ReadAllTextAsync(Path.Combine(device, "password")));
    }

    [Fact]
    public async Task The_first_model_of_machines_that_never_stop_is_trained_and_rolled_out_without_anybody_asking()
    {
        await using var site = await StartHubAsync();
        var hub = OperatorProgram.Knowing(site.Front, site.HubFolder);
        await using var first = await EnrolAsync("pump-1");
        await using var second = await EnrolAsync("pump-2");
        await Eventually.HoldsAsync(async () =>
        {
            first.RequireRunning();
            second.RequireRunning();
            // Whether it then passes its gates is its own matter: recordings of six seconds teach little.
            return (await OperatorProgram.RunAsync(hub, "rollout", "list")).Said.Split('\n')
                .Any(line => line.Contains("anomaly 1", StringComparison.Ordinal) && line.Contains(" fleet ", StringComparison.Ordinal));
        });

        // A pump that lives fast: what takes 20 minutes takes six seconds.
        async Task<ChildProcess> EnrolAsync(string id)
        {
            var folder = _folder.File(id);
            var (code, said) = await OperatorProgram.RunAsync(hub, "devices", "enrol", "north", id, "--folder", folder);
            Assert.True(code == 0, said);
            return Start(folder, "--set", "sensor:pump:rateHz=100", "--set", "pipeline:recordingLength=00:00:06");
        }
    }

    [Theory]
    [InlineData("Option '--reason' is required.", "rollout", "start", "pump")]
    [InlineData("nothing takes '--hubb'; did you mean --hub?", "devices", "--hubb", "x")]
    public async Task What_is_mistyped_is_told_in_a_line_and_not_above_a_page_of_help(string line, params string[] arguments)
    {
        var (code, said) = await OperatorProgram.RunAsync(new Dictionary<string, string>(), arguments);
        Assert.Equal(1, code);
        Assert.Contains(line, said, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", said, StringComparison.Ordinal);
    }

    private async Task<DemoSite> StartHubAsync()
    {
        var site = new DemoSite(
            new DemoOptions { Root = new DirectoryInfo(Repository.Root), WorkFolder = _folder.Path, Devices = 2, PortOffset = FreePorts.HubOffset() },
            TimeProvider.System);
        try
        {
            await site.StartHubAsync("", default);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    private static ChildProcess Start(string device, params string[] more) => ChildProcess.Start(
        "pump-1", Path.Combine(Repository.Root, "artifacts", "publish", "agent", "hmas-agent"),
        ["run", "--settings", Path.Combine(device, "agent.yaml"), .. more], Path.Combine(device, "agent.log"));
}

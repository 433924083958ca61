using System.Diagnostics;
using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Operator;

/// <summary>A real hub before a simulated fleet of five devices and two models, and the operator's program beside it.</summary>
public sealed class FleetTerminal : IAsyncLifetime
{
    internal RedistributionScene Scene { get; } = new();

    internal HubFixture Hub { get; private set; } = null!;

    private Dictionary<string, string> Environment => OperatorProgram.Knowing(Hub.Address("front"), Hub.Folder);

    public async Task InitializeAsync()
    {
        Hub = await Scene.StartAsync(services: "all");
        var old = await RedistributionScene.AddModelAsync(Hub, 1);
        await RedistributionScene.AddModelAsync(Hub, 2);
        Scene.AddDevices(4, old.Digest);
    }

    public async Task DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Scene.DisposeAsync();
    }

    public Task<(int Code, string Said)> RunAsync(params string[] arguments) => OperatorProgram.RunAsync(Environment, arguments);

    /// <summary>Bash offers these words after a line, and no others. A hub that does not answer within seconds is passed over
    /// (<c>HubConnection</c>), as one on a busy machine may be: it is asked again.</summary>
    public async Task CompletesAsync(string line, params string[] words)
    {
        string[] offered = [];
        await Eventually.HoldsAsync(
            async () => (offered = await CompleteAsync(line)).SequenceEqual(words), () => $"after '{line}' it offers {string.Join(' ', offered)}");
    }

    private async Task<string[]> CompleteAsync(string line)
    {
        var words = string.Join(' ', line.Split(' ').Select(static word => $"'{word}'"));
        var script = $$"""
            source deploy/completion/hmas.bash
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{words}}) COMP_CWORD={{line.Count(static letter => letter == ' ')}}
            COMP_WORDS[0]=./hmas
            _hmas
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = Repository.Root };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return [.. (await Tool.TryAsync(start)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static word => word != "--help")];
    }
}

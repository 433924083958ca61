using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Operator;

/// <summary>Training runs from a terminal, against a real hub.</summary>
public sealed class TrainingCommandTests : IAsyncLifetime
{
    private readonly RedistributionScene _scene = new();
    private HubFixture _hub = null!;

    public async Task InitializeAsync() => _hub = await _scene.StartAsync(services: "all");

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_run_is_started_followed_listed_and_shown_and_a_hub_without_experience_says_so()
    {
        var (code, said) = await RunAsync("learn", "start", "pump", "reconstruction", "--priority", "7");
        Assert.True(code == 0, said);
        var id = said.Split('\n')[0];
        Assert.EndsWith($"follow it: ./hmas learn watch {id}\n", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("learn", "watch", id);
        Assert.Equal(1, code);
        Assert.Contains("failed: ", said, StringComparison.Ordinal);
        Assert.Contains(id, (await RunAsync("learn", "runs")).Said, StringComparison.Ordinal);
        (code, said) = await RunAsync("learn", "show", id);
        Assert.True(code == 0, said);
        Assert.Contains($"{id} is failed: ", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("learn", "show", id, "--picture", Path.Combine(Path.GetTempPath(), "never.svg"));
        Assert.Equal(1, code);
        Assert.Contains("has no curves yet", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_started_or_stopped_is_refused_in_one_line()
    {
        var (code, said) = await RunAsync("learn", "start", "pump", "no-such-recipe");
        Assert.Equal(1, code);
        Assert.Contains("recipe 'no-such-recipe' is none of", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("learn", "start", "pump", "reconstruction", "--transfer", "1");
        Assert.Equal(1, code);
        Assert.Contains("transfer needs a parent", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("learn", "cancel", "train-none");
        Assert.Equal(1, code);
        Assert.Contains("train-none", said, StringComparison.Ordinal);
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) =>
        OperatorProgram.RunAsync(OperatorProgram.Knowing(_hub.Address("front"), _hub.Folder), arguments);
}

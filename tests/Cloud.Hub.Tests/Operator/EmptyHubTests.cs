using Cloud.Hub.Tests.Integration;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Operator;

/// <summary>What a terminal says of a hub that has nothing yet.</summary>
public sealed class EmptyHubTests : IAsyncLifetime
{
    private static readonly (string Sentence, string[] Arguments)[] Nothing =
    [
        ("no device yet: ./hmas devices enrol SITE DEVICE", ["devices"]), ("no open alarm", ["alarms"]), ("no model yet", ["models"]),
        ("no rollout yet", ["rollout", "list"]), ("no training run yet", ["learn", "runs"]), ("no window waits for a name", ["label", "list"]),
    ];

    private FrontFixture _front = null!;

    public async Task InitializeAsync() => _front = await FrontFixture.StartAsync();

    public async Task DisposeAsync() => await _front.DisposeAsync();

    [Fact]
    public async Task Nothing_is_a_sentence_and_not_headings_over_nothing()
    {
        foreach (var (sentence, arguments) in Nothing)
        {
            var (code, said) = await OperatorProgram.RunAsync(OperatorProgram.Knowing(_front.Hub.Address("front"), _front.Hub.Folder), arguments);
            Assert.True(code == 0, said);
            Assert.StartsWith(sentence, said, StringComparison.Ordinal);
            Assert.Single(said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }
}

using System.Diagnostics;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Operator;

/// <summary><c>./hmas</c> itself: what it says before any program is built or asked.</summary>
public sealed class FrontDoorTests
{
    [Theory]
    [InlineData("there is no verb 'flet'; there are: agent alarms", "flet")]
    [InlineData("there is no verb 'flet'; there are: agent alarms", "help", "flet")]
    [InlineData("there is no 'learn strat'; ./hmas learn lists what there is", "learn", "strat")]
    [InlineData("test takes one filter or nothing, got: --hlp", "test", "--hlp")]
    [InlineData("bench takes a filter or a figure, got: --lst; there are: agent-figures", "bench", "--lst")]
    [InlineData("publish takes --rid linux-arm64 or nothing, got: all", "publish", "all")]
    public async Task What_is_mistyped_is_refused_in_one_line_with_what_there_is(string reason, params string[] arguments)
    {
        var end = await RunAsync(arguments);
        Assert.Equal(1, end.Code);
        Assert.StartsWith($"hmas: {reason}", end.Error, StringComparison.Ordinal);
        Assert.Equal(1, end.Error.Count(static letter => letter == '\n'));
    }

    [Fact]
    public async Task Every_verb_that_bash_completes_is_in_the_help()
    {
        var help = (await RunAsync("help")).Output;
        var verbs = await CompleteAsync("");
        Assert.Contains("rollout", verbs);
        Assert.All(verbs, verb => Assert.Matches($@"\./hmas {verb}\b|\| {verb}\b", help));
        Assert.Equal(verbs, await CompleteAsync("help "));
    }

    [Fact]
    public async Task Bash_completes_figures_after_bench_and_nothing_after_test()
    {
        var figures = await CompleteAsync("bench ");
        Assert.Contains("rollout-gates", figures);
        var help = (await RunAsync("bench", "--help")).Output;
        Assert.All(figures, figure => Assert.Contains(figure, help, StringComparison.Ordinal));
        Assert.Empty(await CompleteAsync("test "));
    }

    private static async Task<string[]> CompleteAsync(string line) =>
        (await RunAsync("complete", line)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Task<ToolEnd> RunAsync(params string[] arguments) =>
        Tool.TryAsync(new ProcessStartInfo(Path.Combine(Repository.Root, "hmas"), arguments));
}

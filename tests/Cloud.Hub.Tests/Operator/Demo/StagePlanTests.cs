using Operator.Cli.Demo;
using Operator.Cli.Demo.Progress;

namespace Cloud.Hub.Tests.Operator.Demo;

public class StagePlanTests
{
    private static readonly StagePlan Plan = new([new("a", "first", 30), new("b", "second", 60), new("c", "third", 10)]);

    [Theory]
    [InlineData("a", 0, 0)]
    [InlineData("a", 0.5, 0.15)]
    [InlineData("b", 0, 0.3)]
    [InlineData("b", 2, 0.9)]
    [InlineData("c", 1, 1)]
    public void The_share_done_counts_the_stages_before_and_the_share_of_this_one(string stage, double share, double expected) =>
        Assert.Equal(expected, Plan.ShareDone(stage, share), 12);

    [Fact]
    public void Time_left_follows_what_is_usual_at_first_and_what_was_seen_later()
    {
        Assert.Equal(TimeSpan.FromSeconds(96), Plan.TimeLeft(0.04, TimeSpan.FromSeconds(500)));
        Assert.Equal(TimeSpan.FromSeconds(150), Plan.TimeLeft(0.25, TimeSpan.FromSeconds(50)));
        Assert.Equal(TimeSpan.Zero, Plan.TimeLeft(1, TimeSpan.FromSeconds(50)));
    }

    [Fact]
    public void Every_stage_that_the_demo_enters_is_in_its_plan()
    {
        var options = new DemoOptions { Root = new DirectoryInfo(".") };
        var whole = DemoStages.For(options);
        Assert.Equal(11, whole.Stages.Select(static stage => stage.Name).Distinct().Count());
        Assert.Equal("a bad model is pushed on purpose", whole.Find(DemoStages.BadModel).Description);
        Assert.DoesNotContain(DemoStages.For(options with { BadModel = false }).Stages, static stage => stage.Name == DemoStages.BadModel);
    }
}

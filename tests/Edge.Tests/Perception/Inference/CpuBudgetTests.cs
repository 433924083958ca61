using System.Diagnostics;
using Edge.Agent.Perception.Inference;

namespace Edge.Tests.Perception.Inference;

public sealed class CpuBudgetTests
{
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void What_was_taken_beyond_the_share_is_paid_back_before_the_next_turn()
    {
        var budget = new CpuBudget(0.1, startedAt: 1000);
        Assert.True(budget.Allows(1000));
        // A tenth of a second is saved up at the start: 0.4 s more than there is.
        budget.Spend(Second / 2);
        Assert.False(budget.Allows(1000 + (4 * Second)));
        Assert.True(budget.Allows(1000 + (4 * Second) + (Second / 100)));
        Assert.Equal(0.1, budget.Taken(1000 + (5 * Second)), 6);
    }

    [Fact]
    public void In_the_long_run_no_more_than_the_share_is_taken()
    {
        var budget = new CpuBudget(0.05, startedAt: 0);
        var turn = Second / 50;
        for (var now = 0L; now < 1000 * Second; now += turn)
        {
            if (budget.Allows(now)) budget.Spend(turn);
        }

        Assert.InRange(budget.Taken(1000 * Second), 0.049, 0.051);
    }
}

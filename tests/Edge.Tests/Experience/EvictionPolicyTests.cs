using Edge.Agent.Experience;
using Hmas.Contracts.Facts;

namespace Edge.Tests.Experience;

public sealed class EvictionPolicyTests
{
    [Fact]
    public void Kinds_go_in_this_order_whatever_an_experience_is_worth()
    {
        FactKind[] order = [FactKind.Experience, FactKind.Evidence, FactKind.Action, FactKind.RunStarted, FactKind.Alarm, FactKind.SlotReport];
        var retentions = order.Select(static kind => EvictionPolicy.Retention(kind, 1)).ToArray();
        Assert.Equal(retentions.Order(), retentions);
        Assert.Equal(order.Length, retentions.Distinct().Count());
        Assert.Equal(EvictionPolicy.Retention(FactKind.RunStarted, 1), EvictionPolicy.Retention(FactKind.RunEnded, 1));
    }

    [Theory]
    [InlineData(0.1f, 0.2f)]
    [InlineData(-1f, 0.1f)]
    [InlineData(float.NaN, 0.1f)]
    [InlineData(0.9f, float.PositiveInfinity)]
    public void Among_experiences_the_less_worth_goes_first(float first, float second) =>
        Assert.True(EvictionPolicy.Retention(FactKind.Experience, first) < EvictionPolicy.Retention(FactKind.Experience, second));
}

using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public class CountedTests
{
    [Theory]
    [InlineData(0, "0 devices")]
    [InlineData(1, "1 device")]
    [InlineData(1_200, "1,200 devices")]
    public void A_number_stands_with_its_noun(long many, string text) => Assert.Equal(text, Counted.Of(many, "device"));
}

using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Tests.Learning.Training;

public class OptimiserTests
{
    private const int Count = 19;

    /// <summary>Subnormal numbers would slow each later step down.</summary>
    [Theory]
    [InlineData(nameof(OptimiserKind.Adam))]
    [InlineData(nameof(OptimiserKind.AdamW))]
    [InlineData(nameof(OptimiserKind.Momentum))]
    public void A_memory_of_a_gradient_that_stays_zero_becomes_zero(string kind)
    {
        var optimiser = Optimiser.Of(Enum.Parse<OptimiserKind>(kind), Count, decay: 0);
        var values = new float[Count];
        optimiser.Step(values, Enumerable.Repeat(1f, Count).ToArray(), 0.001f);
        for (var step = 0; step < 700; step++) optimiser.Step(values, new float[Count], 0.001f);
        Assert.All(optimiser.Memory[0], memory => Assert.Equal(0f, memory));
        Assert.All(values, value => Assert.InRange(value, -0.1f, -0.0001f));
    }

    [Theory]
    [InlineData(nameof(OptimiserKind.Adam))]
    [InlineData(nameof(OptimiserKind.Momentum))]
    public void A_broken_gradient_is_not_hidden(string kind)
    {
        var optimiser = Optimiser.Of(Enum.Parse<OptimiserKind>(kind), Count, decay: 0);
        var values = new float[Count];
        optimiser.Step(values, Enumerable.Repeat(float.NaN, Count).ToArray(), 0.001f);
        Assert.All(values, value => Assert.True(float.IsNaN(value)));
    }
}

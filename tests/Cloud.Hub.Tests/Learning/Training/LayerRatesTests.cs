using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Studies;

namespace Cloud.Hub.Tests.Learning.Training;

public sealed class LayerRatesTests
{
    private static readonly (float[] Features, int Class, int Weight)[] Samples =
        [.. Enumerable.Range(0, 60).Select(i => (Enumerable.Range(0, 7).Select(f => MathF.Sin(i + f) + (i % 2)).ToArray(), i % 2, 1))];

    [Fact]
    public void Frozen_layers_stay_and_slow_ones_move_less()
    {
        var (free, slow, frozen) = (Moved([1, 1, 1]), Moved([0.1f, 1, 1]), Moved([0, 0, 1]));
        // Not to the bit: the moving average of equal values rounds.
        Assert.InRange(frozen.First + frozen.Second, 0, 1e-6f);
        Assert.True(frozen.Last > 0.001f);
        Assert.InRange(slow.First, 0.01f * free.First, 0.5f * free.First);
        Assert.Equal(Moved([]), free);
    }

    [Theory]
    [InlineData(2, 1f, "2 layer rates for 3 layers that learn")]
    [InlineData(3, 1.5f, "outside [0, 1]")]
    [InlineData(3, float.NaN, "outside [0, 1]")]
    public void Rates_that_do_not_fit_are_refused(int count, float rate, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<ArgumentException>(() => Moved([.. Enumerable.Repeat(rate, count)])).Message, StringComparison.Ordinal);

    /// <summary>Largest change of a value of each dense layer of 7–64–32–2.</summary>
    private static (float First, float Second, float Last) Moved(float[] rates)
    {
        using var net = new StudyNet(ClassRecipes.Presence, 7, steps: 20, seed: 1);
        var before = net.Values;
        net.Fit(Samples, [], rates, 1, default);
        float[] change = [.. net.Values.Zip(before, (a, b) => MathF.Abs(a - b))];
        var (first, second) = ((7 * 64) + 64, (64 * 32) + 32);
        return (change[..first].Max(), change[first..(first + second)].Max(), change[(first + second)..].Max());
    }
}

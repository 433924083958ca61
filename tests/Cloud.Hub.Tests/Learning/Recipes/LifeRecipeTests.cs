using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Tests.Learning.Recipes;

public sealed class LifeRecipeTests
{
    [Fact]
    public void Few_answers_cannot_promise_a_band() => Assert.Throws<ArgumentException>(() => LifeRecipe.Calibrate([[0f, 0f, 0f]], [0f]));

    [Fact]
    public void A_band_is_widened_until_it_holds_as_many_as_promised()
    {
        var answers = Enumerable.Range(0, 99).Select(_ => new[] { 0.4f, 0.5f, 0.6f }).ToList();
        Assert.Equal(0.1975f, LifeRecipe.Calibrate(answers, [.. answers.Select((_, i) => 0.6f + (i * 0.0025f))]), 1e-4f);
    }

    [Theory]
    [InlineData(0, 0, "life 0 to 25 %")]
    [InlineData(51, 64, "life 50 to 75 %")]
    [InlineData(100, 125, "life 75 % and more")]
    [InlineData(9000, 125, "life 75 % and more")]
    public void Life_is_told_apart_up_to_the_horizon(double rowsLeft, int step, string slice)
    {
        Assert.Equal(step, LifeRecipe.StepOf(rowsLeft, horizonRows: 100));
        Assert.Equal(slice, LifeRecipe.SliceOf(step));
        Assert.Equal(125, LifeRecipe.HorizonOf([180, 200, 270]));
    }
}

using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Recipes;

public sealed class ForecastRecipeTests
{
    private const int Channels = 2;
    private static readonly Shape Input = new(30, Channels);

    [Fact]
    public void A_forecast_learns_how_rows_follow_and_is_surprised_when_they_do_not()
    {
        var recipe = LearningRecipes.Find("forecast");
        using var network = new Network(Input, recipe.Layers(Input), 1);
        var settings = recipe.Settings with { Epochs = recipe.Epochs };
        var set = new Swings(recipe.Steps * settings.BatchSize / recipe.Epochs);
        new Trainer(network, recipe.Loss(), settings).Run(set, null, null, null, null, null, CancellationToken.None);

        using var run = new NetworkRun(network, 1);
        var ranked = 0;
        for (var i = 0; i < 200; i++)
        {
            var healthy = Error(run, i, hiccup: false);
            if (Error(run, 1000 + i, hiccup: true) > healthy) ranked++;
        }

        Assert.True(ranked > 190, $"{ranked} of 200 hiccups scored above a healthy window");
    }

    private static double Error(NetworkRun run, int seed, bool hiccup)
    {
        var window = run.Input.SampleSpan(0);
        Swings.Fill(window, new SeededRandom((ulong)seed + 77), hiccup);
        run.Forward(1);
        var sum = 0.0;
        // The first rows are forecast from nothing.
        for (var i = 4 * Channels; i < window.Length; i++) sum += Math.Pow(run.Output.SampleSpan(0)[i] - window[i], 2);
        return sum;
    }

    /// <summary>Two coupled swings of random phase; a hiccup turns one of them back for some rows, within its usual range.</summary>
    private sealed class Swings(int count) : ITrainingSet
    {
        public int Count => count;

        public Shape Input => ForecastRecipeTests.Input;

        public static void Fill(Span<float> window, SeededRandom random, bool hiccup)
        {
            var phase = 6.28f * random.NextSingle();
            var from = hiccup ? 10 + random.Next(12) : int.MaxValue;
            for (var t = 0; t < ForecastRecipeTests.Input.Length; t++)
            {
                var at = t >= from && t < from + 6 ? phase + (0.4f * ((2 * from) - t)) : phase + (0.4f * t);
                window[t * Channels] = MathF.Sin(at) + (0.05f * random.NextNormal());
                window[(t * Channels) + 1] = MathF.Cos(phase + (0.4f * t)) + (0.05f * random.NextNormal());
            }
        }

        public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
        {
            Fill(input, random ?? new SeededRandom((ulong)index), hiccup: false);
            input.CopyTo(target);
        }
    }
}

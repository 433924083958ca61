using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Corpora.Hapt;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Studies;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed class ClassScoreTests
{
    [Fact]
    public void Macro_f1_is_the_mean_over_the_classes_that_occur()
    {
        var score = new ClassScore(4);
        foreach (var (label, prediction) in new[] { (0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 2) }) score.Add(label, prediction);
        Assert.Equal(4.0 / 6, score.Accuracy, 1e-12);
        // Class 0: 2·2/(3+3), class 1: 2·1/(2+2), class 2: 1; class 3 never occurs.
        Assert.Equal(((4.0 / 6) + 0.5 + 1) / 3, score.MacroF1, 1e-12);
    }

    [Fact]
    public void A_temperature_above_one_tames_logits_that_are_too_sure()
    {
        // Right in three of four with a lead of 4: the best temperature makes the odds 3 to 1.
        List<float[]> logits = [[4, 0], [4, 0], [4, 0], [4, 0]];
        Assert.Equal(4 / Math.Log(3), Temperature.Fit(logits, [0, 0, 0, 1]), 1e-3);
        Assert.Equal(1, Temperature.Fit([], []));
    }

    [Fact]
    public void Before_its_first_row_a_recording_repeats_it()
    {
        var recording = new Recording("r", "g", [[1, 2, 3], [10, 20, 30]], []);
        var window = new float[8];
        recording.Copy(1, window);
        Assert.Equal([1, 1, 1, 2, 10, 10, 10, 20], window);
    }

    [Fact]
    public void A_turned_phone_feels_the_same_force_from_elsewhere()
    {
        var recording = new Recording("r", "g", [[1, 0, 0.5f], [0, 1, 0.5f], [0, 0, 0.5f]], []);
        var turned = Placement.Turned(recording, 0.5, new SeededRandom(3)).Channels;
        double Dot(float[][] channels, int a, int b) => channels.Sum(channel => channel[a] * channel[b]);
        for (var a = 0; a < 3; a++)
        {
            for (var b = 0; b < 3; b++) Assert.Equal(Dot(recording.Channels, a, b), Dot(turned, a, b), 1e-5);
        }

        Assert.NotEqual(recording.Channels[0], turned[0]);
    }

    [Fact]
    public void Rows_chosen_for_labels_cover_every_cluster()
    {
        var random = new Random(5);
        float[][] rows = [.. Enumerable.Range(0, 90).Select(i => new[] { (10f * (i % 3)) + random.NextSingle(), random.NextSingle() })];
        var chosen = LabelChoice.Choose(rows, 3);
        Assert.Equal([0, 1, 2], chosen.Select(i => i % 3).Order());
        Assert.Equal([0, 1], LabelChoice.Choose([[1f], [2f]], 20));
    }

    [Fact]
    public void Every_recipe_is_listed_with_its_size()
    {
        using var output = new StringWriter();
        LearnCommand.Print(output);
        foreach (var name in LearningRecipes.All.Select(recipe => recipe.Name).Concat(ClassRecipes.All.Select(recipe => recipe.Name)))
            Assert.Contains($"{name}\n", output.ToString());
        Assert.Contains("head Classes (walking, upstairs, downstairs, sitting, standing, lying), 5862 parameters", output.ToString());
    }
}

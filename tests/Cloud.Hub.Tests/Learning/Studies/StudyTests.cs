using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Pictures;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Studies;

namespace Cloud.Hub.Tests.Learning.Studies;

public sealed class StudyTests
{
    [Fact]
    public void Ten_rounds_of_new_experience_alone_forget_and_replay_with_the_gate_does_not()
    {
        var set = new Clusters();
        var result = ContinualStudy.Run(set, StudyData.Of(set, set.TrainingRecordings("")), TextWriter.Null, default);
        double Last(string name) => result.Curves.Single(curve => curve.Name == name).Points[^1].Y;
        Assert.All(result.Curves, curve => Assert.Equal(10, curve.Points.Count));
        var (forgets, keeps) = (Last("new alone, worst slice"), Last("replay and gate, worst slice"));
        Assert.True(forgets + 10 < keeps, $"{forgets} against {keeps}");
    }

    [Fact]
    public void From_a_parent_few_labels_go_further_than_from_nothing()
    {
        var set = new Clusters();
        var result = TransferStudy.Run(set, StudyData.Of(set, set.TrainingRecordings("")), TextWriter.Null, default);
        double At(string name) => result.Curves.Single(curve => curve.Name == name).Points[0].Y;
        Assert.True(At("parent, all layers") > At("from nothing"), $"{At("parent, all layers")} against {At("from nothing")}");
        var picture = CurveChart.Draw(result.Title, result.XName, "right answers, %", result.Curves);
        Assert.StartsWith("<svg ", picture, StringComparison.Ordinal);
        Assert.Contains("from nothing", picture, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_with_too_few_groups_is_refused_by_name()
    {
        var set = new Clusters();
        Assert.Contains(
            "clusters: 2 groups", Assert.Throws<CorpusException>(() => StudyData.Of(set, [.. set.TrainingRecordings("").Take(2)])).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Six groups of machines; six kinds of windows around fixed centres, each group a little aside.</summary>
    private sealed class Clusters : ITunableCorpus
    {
        public string Name => "clusters";

        public string About => "clusters";

        public string Folder => "";

        public ClassRecipe Recipe => ClassRecipes.Activity;

        public void Score(ScoreRequest request, CancellationToken cancellation) => throw new NotSupportedException("not asked for");

        public IReadOnlyList<TaskRecording> TrainingRecordings(string folder)
        {
            var random = new Random(4);
            float Noise() => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
            var centres = Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 12).Select(_ => 2 * Noise()).ToArray()).ToArray();
            return [.. Enumerable.Range(0, 6).Select(group =>
            {
                var aside = Enumerable.Range(0, 12).Select(_ => 0.3f * Noise()).ToArray();
                return new TaskRecording(
                    $"g{group}", false,
                    [.. Enumerable.Range(0, 240)
                        .Select(i => new ClassSample([.. centres[i % 6].Zip(aside, (c, a) => c + a + Noise())], i % 6, $"g{group}"))]);
            })];
        }
    }
}

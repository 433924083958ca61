using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Each group of labelled samples (a person, a device) is a task: draws a group, then rows
/// of it, every class that it has equally often.</summary>
/// <param name="groups">Standardised features (F,) and class of each group's samples; no group empty.</param>
internal sealed class GroupTasks(IReadOnlyList<IReadOnlyList<(float[] Features, int Class)>> groups, int classes) : ITaskFamily
{
    private readonly IReadOnlyList<float[][][]> _byClass =
        [.. groups.Select(group => group.GroupBy(sample => sample.Class).OrderBy(each => each.Key)
            .Select(each => each.Select(sample => sample.Features).ToArray()).ToArray())];

    private readonly IReadOnlyList<int[]> _classesOf = [.. groups.Select(group => group.Select(sample => sample.Class).Distinct().Order().ToArray())];

    public ITargetLoss Loss { get; } = new CrossEntropy();

    public void Draw(SeededRandom random, Span<float> inputs, Span<float> targets)
    {
        var group = random.Next(_byClass.Count);
        var rows = targets.Length / classes;
        var width = inputs.Length / rows;
        targets.Clear();
        for (var row = 0; row < rows; row++)
        {
            var place = random.Next(_byClass[group].Length);
            var samples = _byClass[group][place];
            samples[random.Next(samples.Length)].CopyTo(inputs[(row * width)..]);
            targets[(row * classes) + _classesOf[group][place]] = 1;
        }
    }
}

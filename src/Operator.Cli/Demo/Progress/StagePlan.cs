namespace Operator.Cli.Demo.Progress;

/// <param name="Name">Short word shown on the line.</param>
/// <param name="Description">What happens in it, for people.</param>
/// <param name="ExpectedSeconds">Usual duration; only ratios matter.</param>
internal sealed record Stage(string Name, string Description, double ExpectedSeconds);

/// <summary>Stages in order, and how far a run is in them.</summary>
internal sealed class StagePlan(IReadOnlyList<Stage> stages)
{
    private readonly double _total = stages.Sum(stage => stage.ExpectedSeconds);

    public IReadOnlyList<Stage> Stages { get; } = stages;

    /// <summary>Share of the whole, 0 to 1, when <paramref name="stageShare"/> of the named stage is done.</summary>
    public double ShareDone(string name, double stageShare)
    {
        var before = Stages.TakeWhile(stage => stage.Name != name).Sum(stage => stage.ExpectedSeconds);
        return (before + (Find(name).ExpectedSeconds * Math.Clamp(stageShare, 0, 1))) / _total;
    }

    /// <summary>Time left by what the done share has taken so far; before 5 % by the expected seconds.</summary>
    public TimeSpan TimeLeft(double shareDone, TimeSpan elapsed) => shareDone < 0.05
        ? TimeSpan.FromSeconds(_total * (1 - shareDone))
        : TimeSpan.FromSeconds(elapsed.TotalSeconds / shareDone * (1 - shareDone));

    public Stage Find(string name) => Stages.First(stage => stage.Name == name);
}

using Operator.Cli.Demo.Progress;

namespace Operator.Cli.Demo;

/// <summary>The demo's stages with the seconds they usually take on two cores: what percentage and time left are reckoned from.</summary>
internal static class DemoStages
{
    public const string Build = "build";
    public const string Start = "start";
    public const string Acceptance = "acceptance";
    public const string FirstModel = "first model";
    public const string Live = "experience";
    public const string Before = "before";
    public const string Retrain = "retrain";
    public const string Rollout = "rollout";
    public const string After = "after";
    public const string BadModel = "bad model";
    public const string Report = "report";

    public static StagePlan For(DemoOptions options)
    {
        // A recording of SKAB has about 1,100 rows, one a second.
        var recording = (1100 / options.Speed) + 1;
        List<Stage> stages =
        [
            new(Build, "build the hub, publish the agent as a native program", 100),
            new(Start, "start the hub, enrol and start the devices", 8),
            new(Acceptance, "healthy acceptance runs, no model yet", 1.5 * recording),
            new(FirstModel, "train, sign and roll out a first model", 20 + recording),
            new(Live, "devices live through their recordings; labels arrive late", 2 * recording),
            new(Before, "recordings that no training sees, judged by the first model", recording),
            new(Retrain, "the fleet's agent asks for a better model; train, quantize, hold-out test", 40),
            new(Rollout, "canary, stage, full: each group passes its gate", 4 * recording),
            new(After, "the same unseen recordings, judged by the new model", recording),
        ];
        if (options.BadModel) stages.Add(new Stage(BadModel, "a bad model is pushed on purpose", 2 * recording));
        stages.Add(new Stage(Report, "count, compare, write the report", 3));
        return new StagePlan(stages);
    }
}

using Operator.Cli.Hub;
using Operator.Cli.Demo.Report;
using Operator.Cli.Demo.Site;

namespace Operator.Cli.Demo;

/// <summary>What the stages hand to the report.</summary>
/// <param name="Source">Where the recordings come from.</param>
/// <param name="Before">Unseen recordings judged by the first model, one per device.</param>
/// <param name="After">The same recordings judged by the new model.</param>
/// <param name="Rounds">Training runs with their rollouts.</param>
/// <param name="BadModel">Null when the drill was skipped.</param>
internal sealed record DemoFindings(
    string Source, IReadOnlyList<PlayedRun> Before, IReadOnlyList<PlayedRun> After,
    IReadOnlyList<(TrainingAnswer Training, RolloutAnswer Rollout)> Rounds, BadModelResult? BadModel);

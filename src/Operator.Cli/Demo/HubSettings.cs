using System.Globalization;

namespace Operator.Cli.Demo;

/// <summary>The hub's settings for the demo: small numbers, because its fleet lives a day in a minute.</summary>
internal static class HubSettings
{
    /// <summary>
    /// Limits of the demo's gates. The site's machines are anomalous a third of the time, so a model that sees it alarms far
    /// more often than one that is blind, and every run is another recording: only false
    /// alarms can decide. One recording may have a bad day: a third of the false alarms of a good model fall into the rig's
    /// recovery after a fault. Twenty windows a report on a busy machine time nothing well.
    /// </summary>
    public static IReadOnlyDictionary<string, double> Limits { get; } = new Dictionary<string, double>
    {
        ["alarm-rate"] = 0.9, ["promised-alarms"] = 0.9, ["shadow-alarms"] = 0.9, ["shadow-disagreement"] = 0.9, ["confidence-drift"] = 0.9,
        ["error"] = 0.9, ["false-alarms"] = 0.6, ["input-drift"] = 1, ["latency"] = 0.5,
    };

    /// <summary>Runs whose rows no fit may see: the ones that judge the devices, and the hold-out test's.</summary>
    public static string Write(DemoOptions options, int acceptanceRuns, int trainingRuns) => string.Create(CultureInfo.InvariantCulture, $"""
        # Written by the demo.
        reasoning:
          runsForFirstModel: {acceptanceRuns}
          labelledRunsForRetraining: {trainingRuns}
          calmBeforeLowering: 00:00:03
          strategyPeriod: 00:00:00.500
          seed: {options.Seed}
          heldOutRuns:
            - "*-{Purposes.Unseen}-*"
            - "*-{Purposes.HoldOut}-*"
          shadowWindows: 30
          healthWindows: 30
          gate:
            minimumWindows: 200
            minimumLabelledNormalWindows: 600
            maximumWait: 00:03:00
            limits:
        {string.Join('\n', Limits.Select(static limit => string.Create(CultureInfo.InvariantCulture, $"      {limit.Key}: {limit.Value}")))}
        """) + "\n";
}

/// <summary>What a run of a recording is for; part of its name.</summary>
internal static class Purposes
{
    public const string Acceptance = "acceptance";
    public const string Training = "training";
    public const string HoldOut = "holdout";
    public const string Unseen = "unseen";
}

using System.Globalization;

namespace Operator.Cli.Demo;

/// <summary>The hub's settings for the demo: small numbers, because its fleet lives a day in a minute.</summary>
internal static class HubSettings
{
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
            # The site's machines are anomalous a third of the time, so a model that sees it alarms far more often than one that is blind: false alarms decide.
            maximumAlarmRateIncrease: 0.9
            # One recording may have a bad day: a third of the false alarms of a good model fall into the rig's recovery after a fault.
            maximumFalseAlarmRate: 0.6
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

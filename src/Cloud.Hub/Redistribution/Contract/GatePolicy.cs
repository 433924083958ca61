namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What devices with the new digest must show before the next group begins.</summary>
public sealed record GatePolicy
{
    /// <summary>Names of <see cref="Named"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["default", "strict", "quick"];

    /// <summary>The gates that have a name. <c>quick</c> has no group compare more windows in shadow than the request says. <c>strict</c> asks
    /// for proof on the same windows that the new model alarms at most one window in a hundred more, and gives it time.</summary>
    /// <returns>Null: there is none of that name.</returns>
    public static GatePolicy? Named(string name) => name switch
    {
        "default" => new GatePolicy(),
        "quick" => new GatePolicy { LaterShadowWindows = 0 },
        "strict" => new GatePolicy
        {
            MinimumShadowWindows = 30_000, MaximumWait = TimeSpan.FromHours(12),
            Limits = new Dictionary<string, double> { [GateLimits.ShadowAlarms] = 0.01 },
        },
        _ => null,
    };

    /// <summary>Windows answered by the new digest, over the group, before it may pass.</summary>
    public int MinimumWindows { get; set; } = 200;

    /// <summary>No verdict by then: <see cref="WhenLate"/>. No data is never success.</summary>
    public TimeSpan MaximumWait { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How often, at most, a model that is within every limit may be stopped as harmful, over all metrics and groups of one
    /// rollout and however often one looks. Over 0 to 0.5. The tests stop at odds of
    /// metrics · groups to this.
    /// </summary>
    public double FalseStopRate { get; set; } = 0.05;

    /// <summary>Answers come in episodes: so many windows of a device say as much as one that is independent of the others. At least 1.</summary>
    public double WindowsPerEpisode { get; set; } = 10;

    /// <summary>Limits by metric in place of those of <see cref="GateLimits.Defaults"/>, 0 to 1.
    /// At 1 a metric is shown and decides nothing.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; set; } = new Dictionary<string, double>();

    /// <summary>Windows labelled normal that the new digest must have answered, over the group,
    /// before it may pass; 0: labels are not waited for.</summary>
    public int MinimumLabelledNormalWindows { get; set; }

    /// <summary>Windows that both models must have answered side by side, over the group, before it may pass, and then
    /// <c>shadow-alarms</c> must be within its limit at 95 % certainty; 0: shadows are not waited for. The devices of a group that are online
    /// compare three times as many together, or each as many as the request says, if that is more.</summary>
    public int MinimumShadowWindows { get; set; }

    /// <summary>Windows that both models answer side by side over a group after the first, where it can do so within twice
    /// <see cref="MaximumWait"/>, which is longer by that time. Then the new model must not alarm on 1 % more of them, or the rollout stops, not as
    /// harmful. Each device compares twice its share, so that none has swapped by then. 0, or a limit set for <c>shadow-alarms</c>, or
    /// <see cref="MinimumShadowWindows"/>: it is not asked for.</summary>
    public int LaterShadowWindows { get; set; } = 75_000;

    /// <summary>A report whose p99 of inference is above this, or above <see cref="MaximumLatencyFactor"/> times (and
    /// 5 ms more than) what the device showed before, is a slow one.</summary>
    public double MaximumInferenceP99Us { get; set; } = 50_000;

    public double MaximumLatencyFactor { get; set; } = 3;

    /// <summary>A report whose resident memory is above what the device showed before by more than this is a heavy one. Default 16 MiB.</summary>
    public long MaximumMemoryGrowthBytes { get; set; } = 16 << 20;

    /// <summary>A report above this, °C, or above what the device showed before by more than
    /// <see cref="MaximumTemperatureGrowthC"/>, is a hot one.</summary>
    public double MaximumTemperatureC { get; set; } = 85;

    /// <summary>Kelvin.</summary>
    public double MaximumTemperatureGrowthC { get; set; } = 10;

    /// <summary>Of an artefact that answers no windows (all but models): how long a device must have answered with
    /// the new digest, without another start, and still be heard of.</summary>
    public TimeSpan MinimumHealthyTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Of the same: a device that began and has not been heard of for longer is lost.</summary>
    public TimeSpan MaximumHeartbeatAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of the devices that spoke that are lost. More is a stop at the maximum wait, and nothing passes before.</summary>
    public double MaximumLostShare { get; set; } = 0.1;

    /// <summary>What becomes of a group without a verdict at the maximum wait. Harm always takes every changed device back.</summary>
    public GateAction WhenLate { get; set; } = GateAction.Restore;

    /// <summary>Share of the devices that spoke that could not get or may not install the package (download, signatures,
    /// hardware): says nothing of the model. More is a stop at the maximum wait.</summary>
    public double MaximumUndeliveredShare { get; set; } = 0.2;

    /// <summary>Share of the devices that spoke that are online and still on their way, because their machine
    /// stands still for example. More is a stop at the maximum wait.</summary>
    public double MaximumIdleShare { get; set; } = 0.9;

    /// <summary>Share of the told devices that have said nothing since: silence is no failure and no success. More
    /// is a stop at the maximum wait, and nothing passes before.</summary>
    public double MaximumSilentShare { get; set; } = 0.95;

    /// <summary>The limit of a metric.</summary>
    /// <exception cref="KeyNotFoundException">There is no such metric.</exception>
    public double LimitOf(string metric) => Limits.TryGetValue(metric, out var limit) ? limit : GateLimits.Defaults[metric];
}

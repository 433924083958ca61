using Cloud.Hub.Communication.Contract;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Integration;

/// <summary>Devices and models as the simulated pump site has them.</summary>
internal static class SampleFleet
{
    public const string OldDigest = "sha256:3f9a1c077e5b2d4c8a6e0f1b9d3c5a7e4f2b1d0c9e8a7f6b5d4c3b2a19080706";
    public const string NewDigest = "sha256:b71e40d2c6f8935a1d7e2b4c0f9a8e6d5c3b1a09f8e7d6c5b4a392817f6e5d4c";
    public static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyList<SensorChannel> Channels =
    [
        new("vibration-drive", "m/s2"), new("vibration-fan", "m/s2"), new("current", "A"), new("pressure", "bar"),
        new("temperature", "Cel"), new("casing", "Cel"), new("voltage", "V"), new("flow", "l/min"),
    ];

    public static DeviceView Device(
        string id, string site = "harbour", bool online = true, string? digest = OldDigest, bool calibrated = true, string? run = "run-7",
        double boost = 1) =>
        new()
    {
        SiteId = site,
        DeviceId = id,
        Online = online,
        LastSeen = Noon,
        Reported = new ReportedState
        {
            DesiredVersion = 3,
            BootId = "boot-1",
            AgentVersion = "0.1.0",
            Session = 2,
            ActiveDigest = digest,
            SlotState = digest is null ? SlotState.Empty : SlotState.Committed,
            RunId = run,
            Calibrated = calibrated,
            SamplingBoost = boost,
            Channels = Channels,
            RateHz = 1,
            Counters = new DeviceCounters { Samples = 90_000, Windows = 1_400, AlarmWindows = 96, FactsProduced = 1_210, FactsAcknowledged = 1_204,
                ResidentBytes = 34_500_000 },
            TimestampUs = Noon.ToUnixTimeMilliseconds() * 1_000,
        },
    };

    public static ModelManifest Manifest(long release = 1, string? parent = null) => new()
    {
        Name = "pump-anomaly",
        Release = release,
        OnnxDigest = OldDigest,
        OnnxBytes = 30_000,
        Channels = [.. Channels.Select(static channel => channel.Name)],
        RateHz = 1,
        Window = new WindowSpec(32, 4),
        Recipe = new FeatureRecipe(),
        Input = new TensorSpec("input", [1, 8, 32]),
        Output = new TensorSpec("output", [1, 8, 32]),
        Head = ModelHead.Reconstruction,
        Threshold = new ThresholdPolicy(),
        Precision = "int8-qdq",
        Lineage = new Lineage { ParentDigest = parent, RunId = "train-1", CreatedAt = Noon, CodeVersion = "0.1.0" },
    };
}

using System.Runtime.CompilerServices;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Learning.Service;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Cloud.Hub.Tests.Perception;

/// <summary>A real hub that runs Perception alone; devices, archive and registry outlive it. The teacher gives back what it
/// is given, so its residual is the larger the further a window is from 0.</summary>
internal sealed class PerceptionScene : IDisposable
{
    public const string Device = "pump-1";

    private readonly List<ExperienceRecord> _stored = [];
    private long _sequence;

    public PerceptionScene()
    {
        Fleet.DeviceAsync("", default).ReturnsForAnyArgs(_ => Task.FromResult<DeviceView?>(View()));
        Archive.ReadAsync(null!, default).ReturnsForAnyArgs(call => ReadAsync(call.Arg<ExperienceQuery>()));
    }

    public MemoryRegistry Registry { get; } = new();

    public IFleet Fleet { get; } = Substitute.For<IFleet>();

    /// <summary>In the order of the device's windows.</summary>
    public string[] Channels { get; set; } = ["a", "b"];

    /// <summary>What a service that does not answer throws; null: all answer.</summary>
    public Exception? Broken { get; set; }

    private IExperienceArchive Archive { get; } = Substitute.For<IExperienceArchive>();

    public Task<HubFixture> StartAsync(IModelRegistry? registry = null) => HubFixture.StartAsync(
        "perception", new Dictionary<string, string?> { ["Perception:LookPeriod"] = "00:00:00.050" },
        adjust: services => services.AddSingleton(Fleet).AddSingleton(Archive).AddSingleton(registry ?? Registry));

    public Task<ModelEntry> AddTeacherAsync(string name = "teacher")
    {
        var onnx = Models.Onnx(name, "Neg");
        var manifest = Models.Manifest("teacher", 1, onnx) with { Threshold = new ThresholdPolicy { CalibrationRows = 16 } };
        return Registry.AddAsync(manifest, onnx, "test", default);
    }

    /// <summary>A window of 8 rows whose two channels swing around 0 as far as told.</summary>
    public ExperienceRecord Window(
        string run, int number, float swing, ExperienceReasons reasons = ExperienceReasons.Routine, float swingOfLast = float.NaN)
    {
        const int Length = 8;
        var values = new float[Channels.Length * Length];
        for (var i = 0; i < values.Length; i++)
        {
            var isLast = i / Length == Channels.Length - 1;
            values[i] = (isLast && !float.IsNaN(swingOfLast) ? swingOfLast : swing) * MathF.Sin((number * 7) + (i % Length) + (i / Length));
        }

        return new ExperienceRecord
        {
            RunId = run, StartUs = number * 8_000_000, EndUs = (number * 8_000_000) + 7_000_000, Window = values, Channels = Channels.Length,
            Centre = [], Scale = [],
            ModelDigest = "", Score = 0, Threshold = 1, Reasons = reasons, Value = 1,
        };
    }

    /// <summary>The device's own calibration of a run is in the archive; the bus says so when told to.</summary>
    public void Calibrate(string run, HubFixture? tell = null)
    {
        for (var i = 0; i < 4; i++) Store(Window(run, i, 1, ExperienceReasons.Calibration), tell);
    }

    public void Store(ExperienceRecord window, HubFixture? tell)
    {
        lock (_stored) _stored.Add(window);
        tell?.Get<EventBus>()
            .Publish(
                new FactsStored(
                    new FactBatch("site", Device, 1, [new Fact(++_sequence, FactKind.Experience, window.EndUs, ExperienceCodec.Encode(window))])));
    }

    public void SayChannels(HubFixture hub) => hub.Get<EventBus>().Publish(new ReportedStateChanged("site", Device, View().Reported!));

    /// <summary>The newest opinion of this window; while there is none, the window is told again as the bus may be ahead of the
    /// teacher.</summary>
    public async Task<WindowOpinion> OpinionAsync(HubFixture hub, ExperienceRecord window)
    {
        WindowOpinion? opinion = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                Store(window, hub);
                var known = await hub.Get<ISecondOpinions>().RecentAsync(Device, 1000, default);
                // One of a window before, told again, may still come in between.
                opinion = known.FirstOrDefault(told => told.RunId == window.RunId && told.EndUs == window.EndUs);
                return opinion is not null;
            });
        return opinion!;
    }

    /// <summary>The hub has counted the window, which is told again until it has, for the same reason.</summary>
    public Task SeenAsync(HubFixture hub, ExperienceRecord window) => Eventually.HoldsAsync(async () =>
    {
        Store(window, hub);
        return (await hub.Get<ISecondOpinions>().QualityAsync(default)).Sum(static device => device.Windows) > 0;
    });

    public void Dispose() => Registry.Dispose();

    private DeviceView View()
    {
        if (Broken is { } failure) throw failure;
        return new DeviceView
        {
            SiteId = "site",
            DeviceId = Device,
            Online = true,
            Reported = new ReportedState
            {
                DesiredVersion = 0, BootId = "b", AgentVersion = "0", Session = 1, SlotState = SlotState.Empty, Counters = new DeviceCounters(),
                TimestampUs = 0,
                Channels = [.. Channels.Select(static name => new SensorChannel(name, "1"))],
            },
        };
    }

    private async IAsyncEnumerable<ArchivedExperience> ReadAsync(
        ExperienceQuery query, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        if (Broken is { } failure) throw failure;
        ExperienceRecord[] found;
        lock (_stored) found = [.. _stored.Where(window => window.RunId == query.RunId && (window.Reasons & query.Reasons!.Value) != 0)];
        for (var i = 0; i < found.Length; i++) yield return new ArchivedExperience(i + 1, "site", Device, 1, i + 1, found[i]);
    }
}

using System.Text.Json;
using System.Threading.Channels;
using Edge.Agent.Experience;
using Edge.Agent.Hosting;
using Edge.Agent.Models;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;
using Hmas.Inference;
using Hmas.Storage;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Models;

/// <summary>Slots on a real disk, a real pipeline and real models of two channels: a device without
/// its sensor and its hub. The caller plays the rows.</summary>
internal sealed class UpdaterRig : IModelSource, IFactSink, IAsyncDisposable
{
    private const int Burst = 16;

    private static readonly SensorChannel[] Channels = [new("a"), new("b")];

    private readonly string _folder;
    private readonly SigningKey _key;
    private readonly CancellationTokenSource _stop = new();
    private readonly PerceptionPipeline _pipeline;
    private readonly SlotStart _start;
    private readonly ModelUpdater _updater;
    private readonly FakeTimeProvider? _clock;
    private readonly Channel<bool> _restarts = Channel.CreateUnbounded<bool>();
    private Task _running = Task.CompletedTask;
    private long _us;
    private long _played;

    // Steps told before the newest assignment.
    private int _assignedAt;

    /// <param name="time">A <see cref="FakeTimeProvider"/> moves on by a second with each row that is played until a step.</param>
    /// <param name="maxShadowBytes">Other tests share the memory: no bound, but for the test of it.</param>
    public UpdaterRig(string folder, SigningKey key, ModelOrders? orders = null, TimeProvider? time = null, long maxShadowBytes = 1L << 40)
    {
        NativeRuntime.DisableTelemetry();
        (_folder, _key) = (folder, key);
        var watch = new SlotWatch(time ?? TimeProvider.System);
        var rows = new RecentRows(Channels.Length);
        var options = new WindowOptions { Length = 8, CalibrationRows = FixturePackage.CalibrationRows, Lateness = TimeSpan.Zero };
        _pipeline = new PerceptionPipeline(
            Channels, 1, options, RuleSet.Empty, static _ => { }, new ObservationFanOut(rows, watch), NullLogger.Instance);
        Slots = new ModelSlots(DeviceRecord.Open(folder, NullLogger.Instance), NullLogger.Instance);
        time ??= TimeProvider.System;
        _clock = time as FakeTimeProvider;
        Reporter = new SlotReporter("boot", this, _pipeline.Slot, null, time, NullLogger.Instance);
        // Other tests share the processor with a model on trial, and a clock that a test moves on passes seconds within a window.
        var model = new ModelOptions { ProbeLatency = TimeSpan.FromMinutes(1), MaxShadowBytes = maxShadowBytes };
        var verifier = new ModelVerifier([key.PublicKey], "generic", Channels, 1, 1 << 20);
        var loader = new SlotLoader(Slots, verifier, model.MaxPackageBytes);
        var source = new CheckedFetch(this, this, Slots.Packages, NullLogger.Instance);
        var fetch = new PackageFetch(Slots, loader, verifier, source, orders, Reporter, time);
        var trial = new ModelTrial(Slots, new SlotProbe(TimeSpan.MaxValue, time), _pipeline.Slot, watch, rows, Reporter, Channels, model, time);
        var swap = new ModelSwap(Slots, loader, _pipeline.Slot, watch, Reporter, time);
        _start = new SlotStart(Slots, loader, verifier, _pipeline.Slot, Reporter, null, NullLogger.Instance);
        var installs = new InstallUpdater(
            new InstallFolder(folder), new InstallFetch(Slots, verifier, source, orders, "generic"),
            new InstallProbe([], Path.Combine(folder, "agent"), time), Slots, Reporter, () => _restarts.Writer.TryWrite(true));
        _updater = new ModelUpdater(Slots, fetch, trial, swap, installs, _pipeline.Slot, watch, Reporter, time, NullLogger.Instance);
    }

    public ModelSlots Slots { get; }

    public SlotReporter Reporter { get; }

    /// <summary>What answers in the pipeline now.</summary>
    public string? Answering => _pipeline.Slot.ActiveDigest;

    /// <summary>Every row that follows has this size.</summary>
    public float Scale { get; set; } = 1;

    /// <summary>Times that another install was to run and nobody has waited for yet.</summary>
    public int Restarts => _restarts.Reader.Count;

    /// <summary>Packages find no room.</summary>
    public bool IsDiskFull { get; set; }

    /// <summary>Packages that were asked for.</summary>
    public int Fetches { get; private set; }

    /// <summary>Steps told so far, oldest first.</summary>
    public List<SlotReport> Steps { get; } = [];

    /// <summary>A package that the hub offers from now on, and its assignment.</summary>
    /// <param name="change">Of the manifest, before it is signed.</param>
    public ModelAssignment Offer(long release, string model = "half", SigningKey? key = null, Func<ModelManifest, ModelManifest>? change = null)
    {
        var onnx = FixturePackage.Onnx(model);
        var manifest = FixturePackage.Manifest(release, onnx);
        var (digest, package) = FixturePackage.Write(key ?? _key, change?.Invoke(manifest) ?? manifest, onnx);
        return Offer(digest, release, package);
    }

    /// <summary>The same for a package that was made elsewhere.</summary>
    public ModelAssignment Offer(string digest, long release, ReadOnlySpan<byte> package)
    {
        File.WriteAllBytes(PathOf(digest), package);
        return new ModelAssignment { Digest = digest, Name = FixturePackage.Name, Release = release, PackageBytes = package.Length, Url = "x",
            ShadowWindows = 5, HealthWindows = 5 };
    }

    public string PathOf(string digest) => Path.Combine(_folder, "offered-" + digest[7..23]);

    public void Start()
    {
        _start.Run();
        _running = _updater.RunAsync(_stop.Token);
    }

    /// <summary>Returns when another install is to run.</summary>
    public Task RestartAsync() => _restarts.Reader.ReadAsync().InTimeAsync();

    public bool Told(Predicate<SlotReport> step)
    {
        lock (Steps) return Steps.Exists(step);
    }

    public void Assign(ModelAssignment? assignment)
    {
        lock (Steps) _assignedAt = Steps.Count;
        _updater.Assign(assignment);
    }

    /// <summary>Assigns, and plays rows until the step is told of this model.</summary>
    public Task<SlotReport> PlayUntilAsync(ModelAssignment assignment, params SlotState[] states)
    {
        Assign(assignment);
        return PlayOnUntilAsync(assignment, states);
    }

    /// <summary>Plays rows until the step is told of a model assigned before.</summary>
    public async Task<SlotReport> PlayOnUntilAsync(ModelAssignment assignment, params SlotState[] states)
    {
        while (true)
        {
            lock (Steps)
            {
                if (Steps.Find(step => step.Digest == assignment.Digest && states.Contains(step.State)) is { } told) return told;
                if (Steps.Skip(_assignedAt).FirstOrDefault(step => EndsWay(step, assignment)) is { } ended)
                    throw new InvalidOperationException($"{ended.State} {ended.Reason}: {ended.Detail}");
            }

            Play(1);
            _clock?.Advance(TimeSpan.FromSeconds(1));
            // What is waited for works on the same processors: rows come in bursts, and leave them to it in between.
            if (++_played % Burst == 0) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            else await Task.Yield();
            if (_running.IsCompleted) await _running;
        }
    }

    /// <summary>A disk that lets nothing through is tried again.</summary>
    private static bool EndsWay(SlotReport step, ModelAssignment assignment) =>
        step.Digest == assignment.Digest && (step.State is SlotState.Refused or SlotState.Returned) && step.Reason != SlotReasons.Storage;

    public void Play(int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            _us += 1_000_000;
            _pipeline.Add([new Sample(0, _us, Scale * MathF.Sin(_us / 1e6f)), new Sample(1, _us, Scale * MathF.Cos(_us / 3e6f))]);
        }
    }

    public Task<bool> FetchAsync(ModelAssignment assignment, Stream part, CancellationToken ct)
    {
        Fetches++;
        if (IsDiskFull) throw new StorageException(StorageReason.DiskFull, "No space left on device");
        part.Write(File.ReadAllBytes(PathOf(assignment.Digest)));
        return Task.FromResult(true);
    }

    public bool TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value = 1)
    {
        if (kind != FactKind.SlotReport) return true;
        var report = JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.SlotReport)!;
        lock (Steps) Steps.Add(report);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _pipeline.Slot.Exchange(null)?.Dispose();
        _stop.Dispose();
    }
}

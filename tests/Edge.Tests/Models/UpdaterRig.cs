using System.Text.Json;
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
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Models;

/// <summary>Slots on a real disk, a real pipeline and real models of two channels: a device without its sensor and its hub. The caller plays the rows.</summary>
internal sealed class UpdaterRig : IModelSource, IFactSink, IAsyncDisposable
{
    private static readonly SensorChannel[] Channels = [new("a"), new("b")];

    private readonly string _folder;
    private readonly SigningKey _key;
    private readonly CancellationTokenSource _stop = new();
    private readonly PerceptionPipeline _pipeline;
    private readonly ModelUpdater _updater;
    private Task _running = Task.CompletedTask;
    private long _us;

    public UpdaterRig(string folder, SigningKey key, ModelOrders? orders = null)
    {
        NativeRuntime.DisableTelemetry();
        (_folder, _key) = (folder, key);
        var watch = new SlotWatch(TimeProvider.System);
        var rows = new RecentRows(Channels.Length);
        var options = new WindowOptions { Length = 8, CalibrationRows = FixturePackage.CalibrationRows, Lateness = TimeSpan.Zero };
        _pipeline = new PerceptionPipeline(Channels, 1, options, RuleSet.Empty, static _ => { }, new ObservationFanOut(rows, watch), NullLogger.Instance);
        Slots = ModelSlots.Open(folder, NullLogger.Instance);
        Reporter = new SlotReporter("boot", this, TimeProvider.System, NullLogger.Instance);
        _updater = new ModelUpdater(
            Slots, new ModelVerifier([key.PublicKey], Channels, 1, 1 << 20), new SlotProbe(TimeSpan.FromSeconds(5), TimeProvider.System), this, orders, _pipeline.Slot, watch, rows,
            Reporter, Channels, new ModelOptions(), TimeProvider.System, NullLogger.Instance);
    }

    public ModelSlots Slots { get; }

    public SlotReporter Reporter { get; }

    /// <summary>What answers in the pipeline now.</summary>
    public string? Answering => _pipeline.Slot.ActiveDigest;

    /// <summary>Every row that follows has this size.</summary>
    public float Scale { get; set; } = 1;

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
        return new ModelAssignment { Digest = digest, Name = FixturePackage.Name, Release = release, PackageBytes = package.Length, Url = "x", ShadowWindows = 5, HealthWindows = 5 };
    }

    public string PathOf(string digest) => Path.Combine(_folder, "offered-" + digest[7..23]);

    public void Start()
    {
        _updater.Start();
        _running = _updater.RunAsync(_stop.Token);
    }

    /// <summary>Assigns, and plays rows until the step is told of this model.</summary>
    public Task<SlotReport> PlayUntilAsync(ModelAssignment assignment, params SlotState[] states)
    {
        _updater.Assign(assignment);
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
            }

            Play(1);
            await Task.Yield();
            if (_running.IsCompleted) await _running;
        }
    }

    public void Play(int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            _us += 1_000_000;
            _pipeline.Add(new Sample(0, _us, Scale * MathF.Sin(_us / 1e6f)));
            _pipeline.Add(new Sample(1, _us, Scale * MathF.Cos(_us / 3e6f)));
        }
    }

    public Task FetchAsync(ModelAssignment assignment, string partPath, CancellationToken ct)
    {
        File.Copy(PathOf(assignment.Digest), partPath, overwrite: true);
        return Task.CompletedTask;
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

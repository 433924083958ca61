using System.Diagnostics;
using System.Globalization;
using Edge.Agent.Actions;
using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Sensors.Simulation;
using Hmas.Benchmarks.Inference;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hmas.Benchmarks.Agent;

/// <summary>What does the ladder add to a bare run of its model, from eight samples to the action: frame, window,
/// features, session, score, rules, hand-over to the actuator's thread? And which step adds how much of it?</summary>
/// <remarks>
/// All in one process, in turns of 100 rows, so that what else the machine does meets all of them. The rules are those of
/// <c>deploy/edge</c> and one that a channel's rare values raise and clear,
/// with a command each time. Of the turns the 5th to 25th percentile counts: the others waited for somebody.
/// </remarks>
internal sealed class PathOverhead : IDisposable
{
    private const double RateHz = 100;
    private const int Turns = 1500;
    private const int TurnRows = 100;
    private const int RecordedRows = 4096;
    private const double Rare = 0.01;
    private const long PeriodUs = (long)(1e6 / RateHz);

    private readonly SensorChannel[] _channels = [.. PumpChannels.All];
    private readonly float[][] _rows;
    private readonly (string Name, Action Step)[] _stages;
    private readonly List<IDisposable> _models = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ActionDispatcher _dispatcher;
    private readonly Task _acting;

    /// <param name="package">Signed package of a model for the simulated pump.</param>
    /// <param name="publicKey">It is signed with.</param>
    public PathOverhead(byte[] package, byte[] publicKey)
    {
        var model = new PumpModel(new PumpSettings { RateHz = RateHz });
        _rows = [.. Enumerable.Range(0, RecordedRows).Select(_ =>
        {
            var values = new float[PumpChannels.Count];
            model.Step(values);
            return values;
        })];
        var verified = new ModelVerifier([publicKey], null, _channels, RateHz, package.Length).Verify(
            package, PackageFile.AssignmentOf(package, "bench"), active: null);
        _dispatcher = new ActionDispatcher(
            [new CountingActuator(this)], new ActionOptions { RateLimit = 100_000 }, static _ => { }, TimeProvider.System, NullLogger.Instance);
        _acting = _dispatcher.RunAsync(_stop.Token);

        var level = _rows.Select(static row => row[0]).Order().ElementAt((int)(RecordedRows * (1 - Rare)));
        var rules = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "edge", "rules.yaml"));
        var acting = rules + string.Create(
            CultureInfo.InvariantCulture,
            $"  - id: crossing\n    when: {{ channel: {_channels[0].Name}, above: {level} }}\n    action: {{ actuator: log, command: write, release: {{ command: write }} }}\n");
        var manifest = verified.Manifest;
        var onnx = verified.Onnx.Span;
        var session = Keep(new ModelSession(onnx, manifest.Input, manifest.Output, new SessionSettings()));
        _stages =
        [
            ("bare run", new BareModel(onnx, manifest.Input, manifest.Output).Run),
            ("session", session.Run),
            ("and features, score", Detect(Keep(new Detector(manifest, onnx, new SessionSettings())))),
            ("and samples, frame, window", Ladder(verified, null)),
            ("and rules", Ladder(verified, rules)),
            ("and actions", Ladder(verified, acting)),
        ];
        foreach (var (_, step) in _stages)
        {
            for (var i = 0; i < RecordedRows; i++) step();
        }
    }

    public long Actions { get; private set; }

    /// <summary>Microseconds a row with everything up to each stage, the first being the bare run, the last the whole ladder.</summary>
    public IReadOnlyList<(string Name, double Us)> Measure()
    {
        var turns = _stages.Select(static _ => new double[Turns]).ToArray();
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < _stages.Length; i++) turns[i][turn] = Time(_stages[i].Step);
        }

        return [.. _stages.Zip(turns, static (stage, times) => (stage.Name, Undisturbed(times)))];
    }

    public void Dispose()
    {
        _stop.Cancel();
        _acting.Wait();
        foreach (var model in _models) model.Dispose();
        _stop.Dispose();
    }

    private T Keep<T>(T model)
        where T : IDisposable
    {
        _models.Add(model);
        return model;
    }

    private Action Detect(Detector detector)
    {
        detector.Calibrate(_rows.Take(detector.Manifest.Threshold.CalibrationRows).SelectMany(static row => row).ToArray());
        var length = detector.Manifest.Window.Length;
        detector.Score([.. Enumerable.Range(0, _channels.Length).SelectMany(channel => _rows.Take(length).Select(row => row[channel]))]);
        var next = 0L;
        return () => detector.ScoreNext(_rows[next++ % RecordedRows]);
    }

    private Action Ladder(VerifiedPackage verified, string? rules)
    {
        var options = new PipelineOptions().ToWindows();
        var scope = new RuleScope(
            _channels, RateHz, options.HistoryFrames, new Dictionary<string, IReadOnlyList<string>> { ["log"] = ["write"] });
        var set = rules is null ? RuleSet.Empty : RuleFile.Parse(rules, "bench.yaml", scope);
        var pipeline = new PerceptionPipeline(
            _channels, RateHz, options, set, _dispatcher.Dispatch, new NoSink(), NullLogger.Instance);
        pipeline.Slot.Exchange(Keep(WindowScorers.Open(verified.Digest, verified.Manifest, verified.Onnx.Span)));
        var samples = new Sample[_channels.Length];
        var next = 0L;
        return () =>
        {
            var values = _rows[next % RecordedRows];
            for (ushort channel = 0; channel < values.Length; channel++) samples[channel] = new Sample(channel, next * PeriodUs, values[channel]);
            pipeline.Add(samples);
            next++;
        };
    }

    private static double Time(Action step)
    {
        var from = Stopwatch.GetTimestamp();
        for (var i = 0; i < TurnRows; i++) step();
        return Stopwatch.GetElapsedTime(from).TotalMicroseconds / TurnRows;
    }

    private static double Undisturbed(double[] turns) => turns.Order().Skip(Turns / 20).Take(Turns / 5).Average();

    private sealed class CountingActuator(PathOverhead owner) : IActuator
    {
        public string Name => "log";

        public IReadOnlyList<string> Commands { get; } = ["write"];

        public ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
        {
            owner.Actions++;
            return ValueTask.FromResult("");
        }

        public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class NoSink : IObservationSink
    {
        public void Observe(in Observation observation)
        {
        }
    }
}

using System.Diagnostics;
using Edge.Agent.Actions;
using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Sensors.Simulation;
using Hmas.Benchmarks.Inference;
using Hmas.Contracts.Sensing;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hmas.Benchmarks.Agent;

/// <summary>What does the ladder add to a bare run of its model, from eight samples to the action: frame, window,
/// features, session, score, rules, hand-over to the actuator's thread?</summary>
/// <remarks>
/// Both in one process, in turns of 100 rows, so that what else the machine does meets both. Rules are those of
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

    private readonly float[][] _rows;
    private readonly BareModel _bare;
    private readonly PerceptionPipeline _pipeline;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _acting;
    private long _row;

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
        var channels = PumpChannels.All;
        var verified = new ModelVerifier([publicKey], null, channels, RateHz, package.Length).Verify(
            package, PackageFile.AssignmentOf(package, "bench"), active: null);
        _bare = new BareModel(verified.Onnx.Span, verified.Manifest.Input, verified.Manifest.Output);
        var options = new PipelineOptions().ToWindows();
        var scope = new RuleScope(channels, RateHz, options.HistoryFrames, new Dictionary<string, IReadOnlyList<string>> { ["log"] = ["write"] });
        var level = _rows.Select(static row => row[0]).Order().ElementAt((int)(RecordedRows * (1 - Rare)));
        var rules = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "edge", "rules.yaml")) +
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"  - id: crossing\n    when: {{ channel: {channels[0].Name}, above: {level} }}\n    action: {{ actuator: log, command: write, release: {{ command: write }} }}\n");
        var dispatcher = new ActionDispatcher(
            [new CountingActuator(this)], new ActionOptions { RateLimit = 100_000 }, static _ => { }, TimeProvider.System, NullLogger.Instance);
        _pipeline = new PerceptionPipeline(
            channels, RateHz, options, RuleFile.Parse(rules, "bench.yaml", scope), dispatcher.Dispatch, new NoSink(), NullLogger.Instance);
        _pipeline.Slot.Exchange(WindowScorers.Open(verified.Digest, verified.Manifest, verified.Onnx.Span));
        _acting = dispatcher.RunAsync(_stop.Token);
        for (var i = 0; i < RecordedRows; i++) Row();
    }

    public long Actions { get; private set; }

    /// <summary>Microseconds of a bare run and of a row through the ladder.</summary>
    public (double Bare, double Ladder) Measure()
    {
        var bare = new double[Turns];
        var ladder = new double[Turns];
        for (var turn = 0; turn < Turns; turn++)
        {
            bare[turn] = Time(_bare.Run);
            ladder[turn] = Time(Row);
        }

        return (Undisturbed(bare), Undisturbed(ladder));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _acting.Wait();
        _pipeline.Slot.Exchange(null)?.Dispose();
        _stop.Dispose();
    }

    private void Row()
    {
        var values = _rows[_row % RecordedRows];
        for (ushort channel = 0; channel < values.Length; channel++) _pipeline.Add(new Sample(channel, _row * PeriodUs, values[channel]));
        _row++;
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

using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization.Tuning;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Tries ways to int8 on the real runtime, the cheapest first, until one passes the gate: static ranges, the narrowest whose
/// loss of the task metric passes (every doubling costs 6 dB on what is normal, too narrow a range hides what is not); then
/// fine-tuning with everything rounded; then the last or first product in float.</summary>
internal sealed class Int8Choice
{
    private const int ProfiledRuns = 50;

    /// <summary>A residual needs room for what calibration never showed: 4 is the least that lost no more
    /// than 0.002 on any SKAB file (docs/benchmarks.md).</summary>
    private static readonly float[] ResidualHeadrooms = [4, 6, 8];

    /// <summary>Where nothing bounds the input, what lies behind the first product grows with it: 4
    /// still lost 0.0054 there, 8 next to nothing.</summary>
    private static readonly float[] UnboundedHeadrooms = [8, 12, 16];

    /// <summary>What decides has been shown both sides.</summary>
    private static readonly float[] DecisionHeadrooms = [1, 1.5f, 2, 4];

    /// <summary>What has no int8 form where its operation is not one of those.</summary>
    private static readonly string[] Products = ["Conv", "FusedConv", "Gemm", "FusedGemm", "ConvTranspose"];

    private readonly string _name;
    private readonly IReadOnlyList<Operation> _operations;
    private readonly ModelHead _head;
    private readonly TensorSpec _input;
    private readonly TensorSpec _output;
    private Quantizer _quantizer;
    private readonly TaskMetric _metric;
    private readonly List<float[]> _judging;
    private readonly List<float[]> _precise;
    private string? _untuned;

    private Int8Choice(
        string name, IReadOnlyList<Operation> operations, ModelHead head, TensorSpec input, TensorSpec output, Quantizer quantizer, TaskMetric metric,
        List<float[]> judging)
    {
        (_name, _operations, _head, _input, _output, _quantizer, _metric, _judging) = (
            name, operations, head, input, output, quantizer, metric, judging);
        _precise = Answers(OnnxWriter.Write(name, operations, input, output), metric.Windows, OptimisationLevel.All);
    }

    /// <param name="operations">Equalised.</param>
    /// <param name="windows">Calibration windows, (C, L) each, at least 2: every other one gives ranges and is learnt from, the rest judges;
    /// a static way, once chosen, takes the ranges of all.</param>
    /// <param name="inFloat">What stays in float whatever the gate says.</param>
    /// <param name="guard">Put beside the answers of what was chosen; it is not rounded, so it has no part in the choice.</param>
    /// <exception cref="ArgumentException">Too few windows.</exception>
    public static (byte[] Int8, Int8Facts Facts) Make(
        string name, IReadOnlyList<Operation> operations, ModelHead head, TensorSpec input, TensorSpec output, IReadOnlyList<float[]> windows,
        FloatEnds inFloat = FloatEnds.None, DistanceGuard? guard = null)
    {
        if (windows.Count < 2) throw new ArgumentException("quantization needs at least two calibration windows");
        List<float[]> seen = [.. windows.Where((_, i) => i % 2 == 0)];
        List<float[]> judging = [.. windows.Where((_, i) => i % 2 == 1)];
        using var ranges = new RangeCollector(operations);
        foreach (var window in seen) ranges.Observe(window);
        var metric = new TaskMetric(head, operations[0].Input, judging);
        var choice = new Int8Choice(name, operations, head, input, output, new Quantizer(operations, ranges), metric, judging);
        var headrooms = head != ModelHead.Reconstruction
            ? DecisionHeadrooms : inFloat.HasFlag(FloatEnds.First) ? UnboundedHeadrooms : ResidualHeadrooms;
        var chosen = choice.Static(headrooms, inFloat);
        if (!chosen.Passes) chosen = Better(chosen, choice.FineTuned(chosen, metric.Fitting(operations[0].Input, seen)));
        foreach (var ends in new[] { FloatEnds.Last, FloatEnds.First, FloatEnds.First | FloatEnds.Last })
        {
            if (!chosen.Passes) chosen = Better(chosen, choice.Try(chosen.Settings with { InFloat = inFloat | ends }));
        }

        if (chosen.Path == Int8Path.Static) chosen = choice.OfAll(chosen, ranges, judging);
        return (guard is null ? chosen.Onnx : OnnxWriter.Write(name, operations, input, output, chosen.Plan, guard), choice.Facts(chosen));
    }

    /// <summary>The static way that was chosen by windows it had not seen, with the ranges and roundings of all of them.</summary>
    private Int8Trial OfAll(Int8Trial chosen, RangeCollector ranges, IReadOnlyList<float[]> judging)
    {
        foreach (var window in judging) ranges.Observe(window);
        var quantizer = new Quantizer(_operations, ranges);
        var all = Try(chosen.Settings, Int8Path.Static, quantizer.Plan(chosen.Settings));
        if (!all.Passes) return chosen;
        _quantizer = quantizer;
        return all;
    }

    private Int8Trial Static(float[] headrooms, FloatEnds inFloat)
    {
        var trials = new List<Int8Trial>();
        // The headroom of a residual is one above what was seen: a rule that leaves out rare values would take some of it back.
        RangeRule[] rules = _head == ModelHead.Reconstruction ? [RangeRule.MinMax] : Enum.GetValues<RangeRule>();
        foreach (var headroom in headrooms)
        {
            trials.AddRange(rules.Select(rule => Try(new QuantizerSettings(rule, headroom, inFloat))));
            if (trials.Any(trial => trial.KeepsTask)) break;
        }

        return trials.Aggregate(Better);
    }

    /// <summary>Null where the chain has no form that learns; the facts then say why.</summary>
    private Int8Trial? FineTuned(Int8Trial start, IReadOnlyList<float[]> windows)
    {
        _untuned = TunableChain.Obstacle(_operations);
        if (_untuned is not null) return null;
        using var tuning = new QuantizationTuning(_operations, start.Plan, learnsRanges: _head != ModelHead.Reconstruction);
        return Try(start.Settings, Int8Path.FineTuned, tuning.Run(windows));
    }

    private Int8Trial Try(QuantizerSettings settings) => Try(settings, Int8Path.Static, _quantizer.Plan(settings));

    private Int8Trial Try(QuantizerSettings settings, Int8Path path, QuantizationPlan plan)
    {
        var onnx = OnnxWriter.Write(_name, _operations, _input, _output, plan);
        var answers = Answers(onnx, _metric.Windows, OptimisationLevel.All);
        return new Int8Trial(settings, path, plan, onnx, answers, _metric.Loss(_precise, answers), Sqnr(_precise, answers, _judging.Count));
    }

    /// <summary>What keeps the task before what does not, then what passes the whole gate; of equals the least
    /// noise, or the least loss where the task is not kept.</summary>
    private static Int8Trial Better(Int8Trial first, Int8Trial? second)
    {
        if (second is null) return first;
        if (first.Passes != second.Passes) return first.Passes ? first : second;
        if (first.KeepsTask != second.KeepsTask) return first.KeepsTask ? first : second;
        return (first.KeepsTask ? second.SqnrDb > first.SqnrDb : second.Loss < first.Loss) ? second : first;
    }

    private Int8Facts Facts(Int8Trial chosen)
    {
        var nodes = ModelProfile.Measure(chosen.Onnx, _input, _output, ProfiledRuns);
        var plain = Answers(chosen.Onnx, _judging, OptimisationLevel.None);
        var inFloat = _quantizer.InFloat(chosen.Settings.InFloat);
        return new Int8Facts(
            chosen.Settings, chosen.Path, chosen.Loss, chosen.SqnrDb, Gap(chosen.Answers, plain, Step(chosen.Plan, _precise)),
            [.. nodes.Where(node => Products.Contains(node.Operation)
                && !inFloat.Contains(LayerReports.OperationOf(node.Name, _output.Name, _operations.Count)))
                .Select(node => $"{node.Operation} {node.Name}")],
            LayerReports.Make(_operations, _quantizer, chosen.Plan, _judging, nodes, _output.Name)) { Untuned = _untuned };
    }

    private List<float[]> Answers(byte[] onnx, IEnumerable<float[]> windows, OptimisationLevel level)
    {
        using var session = new ModelSession(onnx, _input, _output, new SessionSettings { OptimisationLevel = level });
        var answers = new List<float[]>();
        foreach (var window in windows)
        {
            window.CopyTo(session.Input);
            session.Run();
            answers.Add(session.Output.ToArray());
        }

        return answers;
    }

    private static double Sqnr(List<float[]> precise, List<float[]> rounded, int count)
    {
        double signal = 0, noise = 0;
        for (var i = 0; i < count; i++)
        {
            signal += TensorPrimitives.SumOfSquares<float>(precise[i]);
            noise += Math.Pow(TensorPrimitives.Distance<float>(precise[i], rounded[i]), 2);
        }

        return noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
    }

    /// <summary>A last product that gives float has no step of its own: then 1/255 of what the answers span.</summary>
    private static double Step(QuantizationPlan plan, List<float[]> precise)
    {
        var span = precise.Max(answer => TensorPrimitives.Max<float>(answer)) - precise.Min(answer => TensorPrimitives.Min<float>(answer));
        return Math.Max(plan.Outputs[^1]?.Scale ?? 0, span / 255);
    }

    private static double Gap(List<float[]> first, List<float[]> second, double step)
    {
        var largest = 0.0;
        for (var i = 0; i < second.Count; i++)
        {
            for (var j = 0; j < second[i].Length; j++) largest = Math.Max(largest, Math.Abs((double)first[i][j] - second[i][j]));
        }

        return largest / step;
    }
}

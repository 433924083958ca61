using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Tries ranges on the real runtime and takes the narrowest whose loss of the task metric passes: every doubling costs 6 dB on what is normal, too narrow a range hides what is not.</summary>
internal static class Int8Choice
{
    private const int ProfiledRuns = 50;

    /// <summary>A residual needs room for what calibration never showed: 4 is the least that lost no more than 0.002 on any SKAB file (docs/benchmarks.md).</summary>
    private static readonly float[] ResidualHeadrooms = [4, 6, 8];

    /// <summary>What decides has been shown both sides.</summary>
    private static readonly float[] DecisionHeadrooms = [1, 1.5f, 2, 4];

    /// <summary>What has no int8 form where its operation is not one of those.</summary>
    private static readonly string[] Products = ["Conv", "FusedConv", "Gemm", "FusedGemm", "ConvTranspose"];

    /// <param name="operations">Equalised.</param>
    /// <param name="windows">Calibration windows, (C, L) each, at least 2: every other one gives ranges, the rest judges.</param>
    /// <exception cref="ArgumentException">Too few windows.</exception>
    public static (byte[] Int8, Int8Facts Facts) Make(string name, IReadOnlyList<Operation> operations, ModelHead head, TensorSpec input, TensorSpec output, IReadOnlyList<float[]> windows)
    {
        if (windows.Count < 2) throw new ArgumentException("quantization needs at least two calibration windows");
        using var ranges = new RangeCollector(operations);
        for (var i = 0; i < windows.Count; i += 2) ranges.Observe(windows[i]);
        var quantizer = new Quantizer(operations, ranges);
        List<float[]> judging = [.. windows.Where((_, i) => i % 2 == 1)];
        var metric = new TaskMetric(head, operations[0].Input, judging);
        var precise = Answers(OnnxWriter.Write(name, operations, input, output), input, output, metric.Windows, OptimisationLevel.All);
        var trials = new List<(QuantizerSettings Settings, byte[] Onnx, List<float[]> Answers, double Loss, double SqnrDb)>();
        foreach (var headroom in head == ModelHead.Reconstruction ? ResidualHeadrooms : DecisionHeadrooms)
        {
            foreach (var rule in Enum.GetValues<RangeRule>())
            {
                var onnx = OnnxWriter.Write(name, operations, input, output, quantizer.Plan(new QuantizerSettings(rule, headroom)));
                var answers = Answers(onnx, input, output, metric.Windows, OptimisationLevel.All);
                trials.Add((new QuantizerSettings(rule, headroom), onnx, answers, metric.Loss(precise, answers), Sqnr(precise, answers, judging.Count)));
            }

            if (trials.Any(trial => trial.Loss <= Int8Facts.MaxTaskLoss)) break;
        }

        var passing = trials.Where(trial => trial.Loss <= Int8Facts.MaxTaskLoss).ToList();
        var chosen = passing.Count > 0 ? passing.MaxBy(trial => trial.SqnrDb) : trials.MinBy(trial => trial.Loss);
        var plan = quantizer.Plan(chosen.Settings);
        var nodes = ModelProfile.Measure(chosen.Onnx, input, output, ProfiledRuns);
        var plain = Answers(chosen.Onnx, input, output, judging, OptimisationLevel.None);
        return (chosen.Onnx, new Int8Facts(
            chosen.Settings, chosen.Loss, chosen.SqnrDb, Gap(chosen.Answers, plain, Step(plan, precise)),
            [.. nodes.Where(node => Products.Contains(node.Operation)).Select(node => $"{node.Operation} {node.Name}")], LayerReports.Make(operations, quantizer, plan, judging, nodes, output.Name)));
    }

    private static List<float[]> Answers(byte[] onnx, TensorSpec input, TensorSpec output, IEnumerable<float[]> windows, OptimisationLevel level)
    {
        using var session = new ModelSession(onnx, input, output, new SessionSettings { OptimisationLevel = level });
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

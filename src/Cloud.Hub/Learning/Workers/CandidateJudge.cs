using System.Globalization;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Hmas.Contracts.Models;
using Hmas.Trust;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Replays both precisions of a fitted model and its parent as a device would, chooses what ships, and asks the release gate.</summary>
internal sealed class CandidateJudge(IOptions<LearningOptions> options)
{
    private const string Int8 = "int8-qdq";

    /// <param name="manifest">Of the float model.</param>
    /// <param name="ancestors">Metrics of the parent and of those before it.</param>
    /// <returns>The run with its verdict, what ships if it was released, and where it is silent and its parent is not.</returns>
    public (TrainingRunView Run, (ModelManifest Manifest, byte[] Onnx) Released, IReadOnlyList<SilencedAlarm> Silenced) Judge(
        TrainingRunView run, ModelManifest manifest, FittedModel model, VerifiedPackage? parent,
        IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>> ancestors, TrainingData data, CancellationToken cancellation)
    {
        var int8Manifest = manifest with { Precision = Int8, OnnxDigest = FittedModel.DigestOf(model.Int8), OnnxBytes = model.Int8.Length };
        var precise = Replay(manifest, model.Float);
        var rounded = Replay(int8Manifest, model.Int8);
        var before = parent is null ? null : Replay(parent.Manifest, parent.Onnx);
        var (floatUs, int8Us) = Latency.Compare(model.Float, model.Int8, model.Input, model.Output);
        var (isInt8, why) = PrefersInt8(model, precise, rounded, floatUs, int8Us);
        var (chosen, onnx, result) = isInt8 ? (int8Manifest, model.Int8, rounded) : (manifest, model.Float, precise);
        var overlap = (double)manifest.Window.Length / manifest.Window.Stride;
        var verdict = new ReleaseGate(options.Value.PooledMargin, options.Value.SliceLimit, options.Value.MinSliceRows, overlap).Judge(
            before, result, ancestors);
        var quieter = before is null ? "" : QuieterDevices.Of(before, result);
        var guard = data.Recipe.GuardBudget > 0 ? $"{GuardText(model.Guard)}; " : "";
        run = run with
        {
            State = verdict.Released ? RunStates.Registered : RunStates.Rejected,
            Progress = 1,
            Message = $"{verdict.Reason}{quieter}; {guard}{why}",
            Verdict = verdict.Released
                ? PlainVerdict.Of(before, result, quieter, onnx.Length, isInt8 ? int8Us : floatUs) : $"{verdict.Reason}{quieter}",
            QuantizedLayers = [.. model.Facts.Layers.Select(layer => layer.ToView())],
            CandidateMetrics = result.Slices,
            ParentMetrics = before?.Slices ?? run.ParentMetrics,
        };
        var probe = verdict.Released ? ProbeMaker.Make(chosen, onnx, data.Parts[RunPart.HeldOut]) : null;
        IReadOnlyList<SilencedAlarm> silenced = before is null ? [] : [.. before.Untold.SilencedBy(result.Untold)];
        return (run, (chosen with { Metrics = result.Slices, Probe = probe }, onnx), silenced);

        EvaluationResult Replay(ModelManifest of, ReadOnlyMemory<byte> program) => of.Head switch
        {
            ModelHead.Classes => ClassReplay.Run(of, program, data.Recipe.Classes, data.Experience, data.Parts[RunPart.HeldOut], cancellation),
            ModelHead.RemainingLife => LifeReplay.Run(of, program, data.Experience, data.Parts[RunPart.HeldOut], cancellation),
            _ => DeviceReplay.Run(of, program, data.Experience, data.Parts[RunPart.HeldOut], cancellation),
        };
    }

    private static string GuardText(DistanceGuard? guard) => guard is null
        ? "no guard against faults that nobody has named: too few normal windows behind a calibration"
        : $"guarded by {guard.Windows} normal windows of {guard.Runs} runs";

    /// <summary>int8 ships where it is neither slower nor worse than its float twin, and nothing speaks against it.</summary>
    private (bool Yes, string Why) PrefersInt8(
        FittedModel model, EvaluationResult precise, EvaluationResult rounded, double floatUs, double int8Us)
    {
        var area = precise.WorstAreaLoss(rounded);
        var loss = area ?? precise.Disagreement(rounded);
        var lost = area is null
            ? $"answers otherwise on {loss:0.0000} of the windows"
            : precise.All.LifeError is not null
                ? $"errs by {loss:0.0000} of the horizon more on the worst run" : $"loses {loss:0.0000} of the area under the curve on the worst run";
        var facts = string.Create(
            CultureInfo.InvariantCulture,
            $"int8 takes {int8Us:0.0} µs and float {floatUs:0.0} µs, {lost}, {model.Int8.Length} bytes instead of {model.Float.Length}; {model.Facts}");
        if (rounded.Invalid > precise.Invalid) return (false, $"float32 ships because int8 gives scores that are no numbers ({facts})");
        if (model.Facts.Refusal() is { } refusal) return (false, $"float32 ships because {refusal} ({facts})");
        if (loss > (area is null ? options.Value.Int8Disagreement : options.Value.Int8Loss))
            return (false, $"float32 ships because int8 is worse ({facts})");
        return int8Us > options.Value.Int8Slowdown * floatUs
            ? (false, $"float32 ships because int8 is slower ({facts})") : (true, $"int8 ships ({facts})");
    }
}

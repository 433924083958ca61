using System.Globalization;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Testing;

namespace Hmas.Benchmarks.Learning;

/// <summary>What does int8 cost and save on this machine: float, the layout of ONNX Runtime's own tool, ours? ConvAE-60x8 fitted on normal SKAB
/// windows: time, noise, and detection on every development file, fitted and scaled on its first 400 rows.</summary>
internal static class QuantizationFigures
{
    private const int CalibrationWindows = 500;
    private const int Seeds = 3;

    /// <summary>What a SKAB detector may fit on.</summary>
    private const int ProtocolRows = 400;
    private const int BlockRows = 600;

    /// <param name="part">noise, detection, or empty for both.</param>
    public static int Run(string part)
    {
        NativeRuntime.DisableTelemetry();
        if (RecordedData.Folder("skab") is not { } folder)
        {
            Console.WriteLine("the SKAB recordings are not here (HMAS_DATA)");
            return 1;
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories)
            .Where(f => !f.Contains("anomaly-free", StringComparison.Ordinal) && !f.Contains("published", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        for (var seed = 1; seed <= Seeds && part != "detection"; seed++) Normal(Path.Combine(folder, "anomaly-free", "anomaly-free.csv"), seed);
        if (part == "noise") return 0;
        Detection(folder, files, compresses: false);
        Detection(folder, files, compresses: true);
        return 0;
    }

    /// <summary>A fit for each file and seed on the file's first rows, judged on the rest.</summary>
    private static void Detection(string folder, string[] files, bool compresses)
    {
        var values = compresses ? "asinh of deviations, as on a device" : "plain deviations";
        Console.WriteLine(
            $"AUC lost to float, worst of {Seeds} seeds, {values}\n| file | AUC float, seed 1 | runtime's tool | ours, no headroom | ours, 2 x | ours, 4 x | ours, chosen | 8 x, first product in float |\n|---|---|---|---|---|---|---|---|");
        var worst = new double[7];
        foreach (var file in files)
        {
            var (lost, first) = (new double[7], 0.0);
            for (var seed = 1; seed <= Seeds; seed++)
            {
                using var network = Fitted(
                    new SkabWindows(file, ProtocolRows, 1, compresses, row => row + SkabWindows.Length <= ProtocolRows), seed, out var calibration);
                var models = Models(network, OperationBuilder.Build(network), calibration, 1, report: false, compresses);
                var windows = new SkabWindows(file, ProtocolRows, 1, compresses, row => row >= ProtocolRows);
                var areas = models.Select(model => Area(model, windows)).ToArray();
                if (seed == 1) first = areas[0];
                for (var m = 1; m < lost.Length; m++) lost[m] = Math.Max(seed == 1 ? double.NegativeInfinity : lost[m], areas[0] - areas[m]);
            }

            for (var m = 1; m < worst.Length; m++) worst[m] = Math.Max(worst[m], lost[m]);
            Print(Path.GetRelativePath(folder, file), $"{first.ToString("0.0000", CultureInfo.InvariantCulture)}", lost);
        }

        Print("worst (wanted 0.0020)", "", worst);
    }

    private static void Print(string name, string area, double[] lost) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {area} | {lost[1]:0.0000} | {lost[2]:0.0000} | {lost[3]:0.0000} | {lost[4]:0.0000} | {lost[5]:0.0000} | {lost[6]:0.0000} |"));

    /// <summary>Times and noise on normal running; every fifth block of the recording is held out.</summary>
    private static void Normal(string file, int seed)
    {
        using var network = Fitted(
            new SkabWindows(file, int.MaxValue, 4, compresses: false, row => !IsHeldOut(row) && !IsHeldOut(row + SkabWindows.Length)), seed,
            out var fitted);
        var heldOut = new SkabWindows(file, int.MaxValue, 4, compresses: false, row => IsHeldOut(row) && IsHeldOut(row + SkabWindows.Length));
        var operations = OperationBuilder.Build(network);
        var models = Models(network, operations, fitted, 1, report: seed == 1);
        if (seed == 1) Times(network, operations, fitted, models);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: SQNR on held-out normal windows, dB: runtime's tool {Sqnr(models[0], models[1], heldOut):0.0}, ours without headroom {Sqnr(models[0], models[2], heldOut):0.0} (wanted 31), with 2 x {Sqnr(models[0], models[3], heldOut):0.0} (wanted 27), first product in float {Sqnr(models[0], models[7], heldOut):0.0}, last {Sqnr(models[0], models[8], heldOut):0.0}"));
    }

    private static bool IsHeldOut(int row) => row / BlockRows % 5 == 4;

    private static Network Fitted(SkabWindows windows, int seed, out SkabWindows same)
    {
        same = windows;
        var network = new Network(windows.Input, PeerModels.Layers("ConvAE-60x8"), (ulong)seed);
        var settings = new TrainingSettings { Epochs = 30, BatchSize = 32, LearningRate = 1e-3f, Seed = (ulong)seed };
        new Trainer(network, new MeanSquaredError(), settings).Run(windows, null, null, null, null, null, CancellationToken.None);
        return network;
    }

    /// <summary>Float, the runtime tool's layout, ours without headroom, with 2 and 4 times the range, and as a release chooses it.</summary>
    private static (byte[] Onnx, TensorSpec Input, TensorSpec Output)[] Models(
        Network network, IReadOnlyList<Operation> operations, SkabWindows windows, int batch, bool report, bool compresses = true)
    {
        var (input, output) = (new TensorSpec("window", [batch, 8, 60]), new TensorSpec("reconstruction", [batch, 8, 60]));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var begin = Environment.CpuUsage.TotalTime;
        var seen = Calibration(windows);
        var equal = Equalisation.Apply(operations, seen);
        using var ranges = new RangeCollector(equal);
        foreach (var window in seen) ranges.Observe(window);
        var quantizer = new Quantizer(equal, ranges);
        var ours = Ours(RangeRule.LeastError, 2);
        if (report)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"quantizer, {CalibrationWindows} windows: {(Environment.CpuUsage.TotalTime - begin).TotalSeconds:0.00} CPU s (wanted 1), {(GC.GetTotalAllocatedBytes(precise: true) - before) / 1048576.0:0.0} MiB allocated in all (wanted 64)"));
        }

        using var plain = new RangeCollector(operations);
        foreach (var window in seen) plain.Observe(window);
        var (chosen, facts) = batch == 1
            ? Int8Choice.Make(
                "chosen", equal, ModelHead.Reconstruction, input, output, seen, compresses ? FloatEnds.None : FloatEnds.First) : (ours, null);
        if (report) Console.WriteLine(string.Join('\n', facts!.Lines));
        return
        [
            (OnnxWriter.Write("float", operations, input, output), input, output),
            (RuntimeToolLayout.Write(network, plain, input, output), input, output),
            (Ours(RangeRule.LeastError, 1), input, output),
            (ours, input, output),
            (Ours(RangeRule.MinMax, 4), input, output),
            (chosen, input, output),
            (Ours(RangeRule.MinMax, 8, FloatEnds.First), input, output),
            (Ours(RangeRule.LeastError, 2, FloatEnds.First), input, output),
            (Ours(RangeRule.LeastError, 2, FloatEnds.Last), input, output),
        ];

        byte[] Ours(RangeRule rule, float headroom, FloatEnds inFloat = FloatEnds.None) =>
            OnnxWriter.Write("ours", equal, input, output, quantizer.Plan(new QuantizerSettings(rule, headroom, inFloat)));
    }

    private static List<float[]> Calibration(SkabWindows windows)
    {
        var result = new List<float[]>();
        for (var i = 0; i < CalibrationWindows; i++)
        {
            result.Add(new float[windows.Input.Count]);
            windows.Fill(i * windows.Count / CalibrationWindows, result[i]);
        }

        return result;
    }

    private static void Times(
        Network network, IReadOnlyList<Operation> operations, SkabWindows windows, (byte[] Onnx, TensorSpec Input, TensorSpec Output)[] single)
    {
        Console.WriteLine("| ConvAE-60x8 | batch | float µs | int8 µs | int8 / float | wanted | bytes |\n|---|---|---|---|---|---|---|");
        foreach (var (batch, wanted) in new[] { (1, 0.6), (32, 0.3) })
        {
            // Without the arena the system's allocator maps and unmaps the tensors of a large batch at every run, which is what would be measured.
            var models = batch == 1 ? single : Models(network, operations, windows, batch, report: false);
            foreach (var (name, m) in new[] { ("runtime's tool", 1), ("ours", 3), ("ours, first product in float", 7), (
                "ours, last product in float", 8) })
            {
                var (plain, rounded) = Latency.Compare(
                    models[0].Onnx, models[m].Onnx, models[0].Input, models[0].Output, new SessionSettings { Arena = batch > 1 });
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {batch} | {plain:0.0} | {rounded:0.0} | {rounded / plain:0.00} | {wanted:0.00} | {models[m].Onnx.Length} of {models[0].Onnx.Length} |"));
            }
        }
    }

    private static double Sqnr(
        (byte[] Onnx, TensorSpec Input, TensorSpec Output) precise, (byte[] Onnx, TensorSpec Input, TensorSpec Output) rounded, SkabWindows windows)
    {
        using var a = new ModelSession(precise.Onnx, precise.Input, precise.Output, new SessionSettings());
        using var b = new ModelSession(rounded.Onnx, rounded.Input, rounded.Output, new SessionSettings());
        double signal = 0, noise = 0;
        for (var i = 0; i < windows.Count; i++)
        {
            windows.Fill(i, a.Input);
            a.Input.CopyTo(b.Input);
            a.Run();
            b.Run();
            for (var j = 0; j < a.Output.Length; j++)
            {
                signal += (double)a.Output[j] * a.Output[j];
                noise += Math.Pow(a.Output[j] - b.Output[j], 2);
            }
        }

        return 10 * Math.Log10(signal / noise);
    }

    /// <summary>Area under the curve of the mean squared error of a window as its score.</summary>
    private static double Area((byte[] Onnx, TensorSpec Input, TensorSpec Output) model, SkabWindows windows)
    {
        using var session = new ModelSession(model.Onnx, model.Input, model.Output, new SessionSettings());
        var scores = new (double Score, bool IsAnomalous)[windows.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            windows.Fill(i, session.Input);
            session.Run();
            var sum = 0.0;
            for (var j = 0; j < session.Output.Length; j++) sum += Math.Pow(session.Output[j] - session.Input[j], 2);
            scores[i] = (sum, windows.IsAnomalous(i));
        }

        Array.Sort(scores, static (x, y) => x.Score.CompareTo(y.Score));
        double normal = 0, pairs = 0, anomalous = 0;
        foreach (var (_, isAnomalous) in scores)
        {
            if (isAnomalous)
            {
                anomalous++;
                pairs += normal;
            }
            else
            {
                normal++;
            }
        }

        return pairs / (normal * anomalous);
    }
}

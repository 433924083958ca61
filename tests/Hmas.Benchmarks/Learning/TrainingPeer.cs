using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Hmas.Benchmarks.Learning;

/// <summary>How many samples a CPU second does one thread train of each model of the peer table, against PyTorch in
/// the same run; and how fast is the bare product against OpenBLAS?</summary>
/// <remarks>Short turns of both sides alternate; what counts is the median of the turns' ratios, in process CPU
/// time, so that other work on the machine weighs on both alike.</remarks>
internal sealed class TrainingPeer : IDisposable
{
    private const double TurnSeconds = 0.1;
    private const int Turns = 15;
    private const int FitWindows = 400;
    private const int FitEpochs = 100;
    private const int FitTurns = 3;

    private static readonly (string Model, int Batch, double Wanted)[] Cases =
    [
        ("ConvAE-60x8", 32, 2.0), ("ConvAE-60x8", 256, 2.0), ("MLP", 32, 2.5), ("MLP", 256, 1.5), ("AD01", 32, 1.5), ("AD01", 256, 1.3),
        ("SmallCnn", 32, 1.2), ("SmallCnn", 256, 1.2), ("ResNet-8", 32, 1.0), ("ResNet-8", 256, 1.0),
        ("sgemm", 256, 0.85), ("sgemm", 512, 0.85), ("sgemm", 768, 0.85), ("sgemm", 1024, 0.85),
    ];

    private readonly Process _peer = Process.Start(
        new ProcessStartInfo(
            "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "training_peer.py")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <param name="filter">Part of a model's name; empty for all.</param>
    public static int Run(string filter)
    {
        using var peer = new TrainingPeer();
        var library = peer._peer.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer did not start");
        Console.WriteLine($"registers: {Gemm.Name}; peer: {library}; per CPU second of one thread: samples, or GFLOP for sgemm; median of {Turns} alternating turns");
        Console.WriteLine("| model | batch or size | ours | PyTorch, OpenBLAS | ratio | wanted |\n|---|---|---|---|---|---|");
        foreach (var (model, batch, wanted) in Cases.Where(c => c.Model.Contains(filter, StringComparison.OrdinalIgnoreCase))) peer.Compare(
            model, batch, wanted);
        if (!"ConvAE-60x8".Contains(filter, StringComparison.OrdinalIgnoreCase)) return 0;
        peer.WholeFit();
        TwoThreads();
        return 0;
    }

    public void Dispose()
    {
        _peer.StandardInput.Close();
        _peer.WaitForExit();
        _peer.Dispose();
    }

    private void Compare(string model, int batch, double wanted)
    {
        using var training = model == "sgemm" ? null : new PeerStep(model, batch, threads: 1);
        using var product = model == "sgemm" ? new SquareProduct(batch) : null;
        Func<long> step = training is null ? product!.Run : () => training.Run();
        Ours(step, 3 * TurnSeconds);
        Theirs(model, batch);
        var (ours, theirs, ratios) = (new double[Turns], new double[Turns], new double[Turns]);
        for (var turn = 0; turn < Turns; turn++)
        {
            ours[turn] = Ours(step, TurnSeconds);
            theirs[turn] = Theirs(model, batch);
            ratios[turn] = ours[turn] / theirs[turn];
        }

        var unit = model == "sgemm" ? 1e9 : 1;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {model} | {batch} | {Median(ours) / unit:0.#} | {Median(theirs) / unit:0.#} | {Median(ratios):0.00} | {wanted:0.00} |"));
    }

    private static double Ours(Func<long> step, double seconds)
    {
        var units = 0L;
        var begin = Environment.CpuUsage.TotalTime;
        var used = TimeSpan.Zero;
        while (used.TotalSeconds < seconds)
        {
            units += step();
            used = Environment.CpuUsage.TotalTime - begin;
        }

        return units / used.TotalSeconds;
    }

    private double Theirs(string model, int batch)
    {
        var answer = Ask(string.Create(CultureInfo.InvariantCulture, $"{model} {batch} {TurnSeconds}"));
        return answer[0] / answer[1];
    }

    private double[] Ask(string question)
    {
        _peer.StandardInput.WriteLine(question);
        _peer.StandardInput.Flush();
        var answer = _peer.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer ended");
        return [.. answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>From first values to fitted ones, with all that a fit does besides its steps:
    /// shuffling, filling batches, judging, keeping the best.</summary>
    private void WholeFit()
    {
        var windows = new RandomWindows(PeerModels.Input("ConvAE-60x8"), FitWindows);
        var settings = new TrainingSettings
        {
            Epochs = FitEpochs, BatchSize = 32, LearningRate = 1e-3f, WarmupShare = 0, WeightDecay = 0, ClipNorm = 0, Optimiser = OptimiserKind.Adam,
            Schedule = ScheduleKind.Constant,
        };
        var (cpu, wall) = (new double[FitTurns], new double[FitTurns]);
        for (var turn = 0; turn < FitTurns; turn++)
        {
            var (used, begin) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            using var network = new Network(windows.Input, PeerModels.Layers("ConvAE-60x8"), seed: 1);
            new Trainer(network, new MeanSquaredError(), settings).Run(windows, null, null, null, null, null, CancellationToken.None);
            var ours = (Cpu: (Environment.CpuUsage.TotalTime - used).TotalSeconds, Wall: Stopwatch.GetElapsedTime(begin).TotalSeconds);
            var theirs = Ask($"fit {FitWindows} {FitEpochs}");
            (cpu[turn], wall[turn]) = (ours.Cpu / theirs[1], ours.Wall / theirs[2]);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ConvAE-60x8, {FitWindows} windows x {FitEpochs} epochs, time over PyTorch's: CPU {Median(cpu):0.00}, wall {Median(wall):0.00} (wanted 0.40), median of {FitTurns} turns"));
    }

    /// <summary>Wall time here: the second thread is what is measured.</summary>
    private static void TwoThreads()
    {
        foreach (var batch in new[] { 32, 256 })
        {
            using var one = new PeerStep("ConvAE-60x8", batch, threads: 1);
            using var two = new PeerStep("ConvAE-60x8", batch, threads: 2);
            var ratios = new double[Turns];
            for (var turn = 0; turn < Turns; turn++) ratios[turn] = Wall(two) / Wall(one);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ConvAE-60x8 batch {batch}, 2 threads over 1, wall: {Median(ratios):0.00}, best {ratios.Max():0.00} (wanted 1.60)"));
        }
    }

    private static double Wall(PeerStep step)
    {
        step.Run();
        var samples = 0;
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < TurnSeconds) samples += step.Run();
        return samples / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}

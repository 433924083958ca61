using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Hmas.Benchmarks.Learning;

/// <summary>How many samples a second does one thread train of ConvAE-60x8 (forward, backward, Adam), against PyTorch in the same run? Best of many short turns on both sides.</summary>
internal static class TrainingSpeed
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(4);

    /// <param name="peer">Path of peer.py.</param>
    public static async Task<int> RunAsync(string peer)
    {
        var ours = new[] { 32, 256 }.ToDictionary(batch => batch, Measure);
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [peer]) { RedirectStandardOutput = true })!;
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        foreach (var parts in lines.Select(line => line.Split(' ')))
        {
            var batch = int.Parse(parts[0], CultureInfo.InvariantCulture);
            var theirs = double.Parse(parts[1], CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"ConvAE-60x8 batch {batch}: {ours[batch]:0} samples/s, PyTorch {theirs:0}, ratio {ours[batch] / theirs:0.00}"));
        }

        return process.ExitCode;
    }

    private static double Measure(int batch)
    {
        var window = new Shape(60, 8);
        using var network = new Network(
            window,
            [
                new Conv1d(32, 7, 2, 3), new Activation(ActivationKind.Relu), new Conv1d(16, 7, 2, 3), new Activation(ActivationKind.Relu),
                new ConvTranspose1d(16, 7, 2, 3, 1), new Activation(ActivationKind.Relu), new ConvTranspose1d(32, 7, 2, 3, 1), new Activation(ActivationKind.Relu),
                new ConvTranspose1d(8, 7, 1, 3),
            ],
            seed: 1);
        using var run = new NetworkRun(network, batch);
        using var target = new Sequence(batch, window);
        var random = new SeededRandom(1);
        for (var b = 0; b < batch; b++)
        {
            foreach (ref var value in run.Input.SampleSpan(b)) value = random.NextSingle();
            run.Input.SampleSpan(b).CopyTo(target.SampleSpan(b));
        }

        var loss = new MeanSquaredError();
        var optimiser = new Adam(network.ParameterCount);
        var best = double.PositiveInfinity;
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < Total)
        {
            var turn = Stopwatch.GetTimestamp();
            var steps = 0;
            for (; Stopwatch.GetElapsedTime(turn) < Turn; steps++)
            {
                run.Step(batch, loss, target, 1);
                optimiser.Step(network.Parameters, run.Gradients, 1e-3f);
                network.Prepare();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(turn).TotalSeconds / steps);
        }

        return batch / best;
    }
}

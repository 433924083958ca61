using System.Globalization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;
using Hmas.Testing;

namespace Hmas.Benchmarks.Learning;

/// <summary>How many CPU seconds does the SKAB protocol take: ConvAE-60x8 fitted anew on the first 400 rows of every file, 100 epochs, one thread?</summary>
internal static class SkabFits
{
    private const int ProtocolRows = 400;
    private const int Epochs = 100;

    /// <summary>Files of the whole set; those that are not here are reckoned as long as these.</summary>
    private const int Files = 34;
    private const int Wanted = 60;

    public static int Run()
    {
        if (RecordedData.Folder("skab") is not { } folder)
        {
            Console.WriteLine("the SKAB recordings are not here (HMAS_DATA)");
            return 1;
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories).Where(f => !f.Contains("anomaly-free", StringComparison.Ordinal) && !f.Contains("published", StringComparison.Ordinal))];
        var settings = new TrainingSettings
        {
            Epochs = Epochs, BatchSize = 32, LearningRate = 1e-3f, WarmupShare = 0, WeightDecay = 0, ClipNorm = 0, Optimiser = OptimiserKind.Adam, Schedule = ScheduleKind.Constant,
        };
        var begin = Environment.CpuUsage.TotalTime;
        foreach (var file in files)
        {
            var windows = new SkabWindows(file, ProtocolRows, 1, compresses: false, row => row + SkabWindows.Length <= ProtocolRows);
            using var network = new Network(windows.Input, PeerModels.Layers("ConvAE-60x8"), seed: 1);
            new Trainer(network, new MeanSquaredError(), settings).Run(windows, null, null, null, null, null, CancellationToken.None);
        }

        var used = (Environment.CpuUsage.TotalTime - begin).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files.Length} fits of {Epochs} epochs: {used:0.0} CPU s; {Files} such fits {used * Files / files.Length:0.0} CPU s (wanted {Wanted})"));
        return 0;
    }
}

using System.Globalization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;
using Hmas.Testing;

namespace Hmas.Benchmarks.Learning;

/// <summary>How many CPU seconds does the SKAB protocol take: ConvAE-60x8 fitted anew on the first
/// 400 rows of every file, 100 epochs, one thread?</summary>
internal static class SkabFits
{
    private const int ProtocolRows = 400;
    private const int Epochs = 100;

    /// <summary>The set has 34 files and half of them are here, so each is fitted with two seeds: the 34 fits are run, not reckoned.</summary>
    private const int Fits = 34;
    private const int Wanted = 60;

    public static int Run()
    {
        if (RecordedData.Folder("skab") is not { } folder)
        {
            Console.WriteLine("the SKAB recordings are not here (HMAS_DATA)");
            return 1;
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*.csv", SearchOption.AllDirectories).Where(IsExperiment)
            .Order(StringComparer.Ordinal)];
        var settings = new TrainingSettings
        {
            Epochs = Epochs, BatchSize = 32, LearningRate = 1e-3f, WarmupShare = 0, WeightDecay = 0, ClipNorm = 0, Optimiser = OptimiserKind.Adam,
            Schedule = ScheduleKind.Constant,
        };
        var begin = Environment.CpuUsage.TotalTime;
        for (var fit = 0; fit < Fits; fit++)
        {
            var windows = new SkabWindows(
                files[fit % files.Length], ProtocolRows, 1, compresses: false, row => row + SkabWindows.Length <= ProtocolRows);
            using var network = new Network(windows.Input, PeerModels.Layers("ConvAE-60x8"), (ulong)(1 + fit / files.Length));
            new Trainer(network, new MeanSquaredError(), settings).Run(windows, null, null, null, null, null, CancellationToken.None);
        }

        var used = (Environment.CpuUsage.TotalTime - begin).TotalSeconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture, $"{Fits} fits of {Epochs} epochs on {files.Length} files: {used:0.0} CPU s (wanted {Wanted})"));
        return 0;
    }

    private static bool IsExperiment(string file) =>
        !file.Contains("anomaly-free", StringComparison.Ordinal) && !file.Contains("published", StringComparison.Ordinal);
}

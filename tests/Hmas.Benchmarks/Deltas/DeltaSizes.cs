using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Deltas;

namespace Hmas.Benchmarks.Deltas;

/// <summary>Bytes an update costs as a delta: a model that was fine-tuned, one trained anew, and one that has
/// nothing to do with the old; ours against Debian's tools.</summary>
internal static class DeltaSizes
{
    private const int Windows = 1_000;

    /// <summary>Of two files, such as two builds of the agent.</summary>
    public static async Task<int> RunAsync(string old, string next)
    {
        PrintHead();
        await PrintAsync(Path.GetFileName(next), await File.ReadAllBytesAsync(old), await File.ReadAllBytesAsync(next));
        return 0;
    }

    public static async Task<int> RunAsync()
    {
        PrintHead();
        foreach (var width in (int[])[64, 256])
        {
            var (old, tuned) = Tuned(width, seed: 1);
            var (anew, _) = Tuned(width, seed: 2);
            var (unrelated, _) = Tuned(width + 48, seed: 3);
            foreach (var precision in (string[])["int8", "float32"])
            {
                byte[] Bytes(FittedModel model) => precision == "int8" ? model.Int8 : model.Float;
                await PrintAsync($"{precision}, fine-tuned", Bytes(old), Bytes(tuned));
                await PrintAsync($"{precision}, trained anew", Bytes(old), Bytes(anew));
                await PrintAsync($"{precision}, unrelated", Bytes(old), Bytes(unrelated));
            }
        }

        return 0;
    }

    private static void PrintHead()
    {
        Console.WriteLine($"| update | full | ours | {string.Join(" | ", Peers.All.Select(static peer => peer.Name))} | ours, time |");
        Console.WriteLine($"|---|---|---|{string.Concat(Enumerable.Repeat("---|", Peers.All.Length))}---|");
    }

    private static async Task PrintAsync(string update, byte[] old, byte[] next)
    {
        var watch = Stopwatch.StartNew();
        var delta = DeltaCodec.Encode(old, next);
        var encoded = watch.Elapsed;
        watch.Restart();
        if (!DeltaCodec.Decode(old, delta, next.Length).AsSpan().SequenceEqual(next))
            throw new InvalidOperationException("the delta does not give the new file back");
        var decoded = watch.Elapsed;
        var peers = new List<string>();
        foreach (var (_, command) in Peers.All) peers.Add(Number(await Peers.BytesAsync(command, old, next)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {update} | {Number(next.Length)} | **{Number(delta.Length)}** | {string.Join(" | ", peers)} | {encoded.TotalMilliseconds:0} ms, back {decoded.TotalMilliseconds:0} ms |"));
    }

    /// <summary>A dense autoencoder fitted on some windows, and the same fitted a little further, gently, on others.</summary>
    private static (FittedModel First, FittedModel Tuned) Tuned(int width, ulong seed)
    {
        var recipe = LearningRecipes.Find("reconstruction");
        var shape = new Shape(60, 8);
        using var network = new Network(
            shape,
            [new Flatten(), new Dense(width), new Activation(ActivationKind.Relu), new Dense(width / 4), new Dense(width),
                new Activation(ActivationKind.Relu), new Dense(shape.Count), new Unflatten(shape.Channels)],
            seed);
        Fit(network, new TrainingSettings { Epochs = 8, Seed = seed }, new Waves(seed, Windows));
        var first = Export(network, recipe);
        Fit(network, new TrainingSettings { Epochs = 2, LearningRate = 1e-4f, Seed = seed + 100 }, new Waves(seed + 1_000_000, Windows / 4));
        return (first, Export(network, recipe));
    }

    private static void Fit(Network network, TrainingSettings settings, Waves windows) =>
        new Trainer(network, new MeanSquaredError(), settings).Run(windows, null, null, null, null, null, CancellationToken.None);

    private static FittedModel Export(Network network, LearningRecipe recipe)
    {
        var calibration = new Waves(7, 100);
        return ModelExport.Write(OperationBuilder.Build(network), recipe, Enumerable.Range(0, calibration.Count).Select(i =>
        {
            var (window, target) = (new float[calibration.Input.Count], new float[calibration.Input.Count]);
            calibration.Fill(i, window, target, null);
            return target;
        }));
    }

    private static string Number(long bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture);
}

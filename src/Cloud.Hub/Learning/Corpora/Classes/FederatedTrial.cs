using System.Numerics.Tensors;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Federated;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Inference.HeadTuning;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>Federated rounds over recordings: a model fitted on a few groups is shipped; ten other groups are devices that
/// tune its head on windows that stay with them; it is judged on the rest.</summary>
internal static class FederatedTrial
{
    private const int Clients = 10;

    /// <summary>Groups whose windows the hub has: what the first model is fitted on.</summary>
    private const int Known = 3;

    private const int Splits = 3;

    /// <summary>A poisoned device pushes every answer towards one class, the same in every round, as hard as this.</summary>
    private const float Poison = 1e6f;

    /// <returns>Each way with its accuracy before the first round and after each, over all splits.</returns>
    /// <exception cref="CorpusException">Too few groups.</exception>
    public static IReadOnlyList<(FederatedWay Way, IReadOnlyList<double> Accuracy)> Run(
        ClassRecipe recipe, IReadOnlyList<TaskRecording> recordings, int rounds, TextWriter report, CancellationToken cancellation)
    {
        var groups = recordings.Select(recording => recording.Group).Distinct().Order(StringComparer.Ordinal).ToList();
        if (groups.Count <= Known + Clients)
            throw new CorpusException($"{groups.Count} groups of recordings; {Known} to fit on, {Clients} devices and one to judge on are needed");
        var scores = FederatedWay.All.ToDictionary(
            way => way, _ => Enumerable.Range(0, rounds + 1).Select(_ => new ClassScore(recipe.Classes.Count)).ToList());
        for (var split = 0; split < Splits; split++)
        {
            // Turned by a third each time, so that others are devices.
            var turned = groups.Select((_, i) => groups[(i + (split * groups.Count / Splits)) % groups.Count]).ToList();
            report.WriteLine(
                $"split {split + 1}: fitted on {string.Join(", ", turned.Take(Known))}; devices {string.Join(", ", turned.Skip(Known).Take(Clients))}; judged on {string.Join(", ", turned.Skip(Known + Clients))}");
            IEnumerable<ClassSample> Of(IEnumerable<string> chosen) =>
                recordings.Where(recording => chosen.Contains(recording.Group)).SelectMany(recording => recording.Samples);
            var fitted = Of(turned.Take(Known)).ToList();
            var standardisation = ClassTrainer.Standardise(recipe, fitted);
            using var network = ClassTrainer.FitNetwork(recipe, ClassTrainer.Scale(fitted, standardisation), cancellation);
            var operations = OperationBuilder.Build(network);
            var head = (Dense)network.Layers[^1];
            Embedded Embed(IEnumerable<ClassSample> samples) => new(operations, ClassTrainer.Scale(samples, standardisation));
            var devices = turned.Skip(Known).Take(Clients).Select(group => Embed(Of([group]))).ToList();
            var judged = Embed(Of(turned.Skip(Known + Clients)));
            float[] shipped = [.. head.Weights, .. head.Bias];
            foreach (var way in FederatedWay.All) Rounds(way, shipped, devices, judged, scores[way], rounds, cancellation);
        }

        return [.. FederatedWay.All.Select(way => (way, (IReadOnlyList<double>)[.. scores[way].Select(score => score.Accuracy)]))];
    }

    private static void Rounds(
        FederatedWay way, float[] shipped, IReadOnlyList<Embedded> devices, Embedded judged, List<ClassScore> scores, int rounds,
        CancellationToken cancellation)
    {
        var server = new FederatedServer(shipped, way.Server);
        var tuner = new HeadTuner(judged.Width, shipped.Length / (judged.Width + 1), TimeProvider.System);
        judged.Score(server.Head, scores[0]);
        for (var round = 1; round <= rounds; round++)
        {
            var updates = new List<ClientUpdate>();
            for (var device = 0; device < devices.Count; device++)
            {
                // A budget would make the bits depend on the machine.
                var settings = way.Client
                    with { Seed = (ulong)((round * Clients) + device), Budget = TimeSpan.MaxValue, MaxNorm = way.Server.MaxNorm };
                var delta = tuner.Tune(server.Head, devices[device].Values, devices[device].Labels, settings, cancellation).Delta;
                if (device < way.Poisoned) delta[^1] = Poison;
                updates.Add(new ClientUpdate($"device-{device}", round, devices[device].Labels.Length, delta));
            }

            server.Close(updates);
            judged.Score(server.Head, scores[round]);
        }
    }

    /// <summary>Windows of one device as its model's last layer sees them.</summary>
    private sealed class Embedded
    {
        public Embedded(IReadOnlyList<Operation> operations, IReadOnlyList<(float[] Features, int Class, int Weight)> samples)
        {
            Width = operations[^1].Input.Count;
            Values = new float[samples.Count * Width];
            Labels = [.. samples.Select(sample => sample.Class)];
            for (var i = 0; i < samples.Count; i++)
                OperationRun.Of([.. operations.Take(operations.Count - 1)], samples[i].Features).CopyTo(Values, i * Width);
        }

        public int Width { get; }

        /// <summary>(N, Width).</summary>
        public float[] Values { get; }

        public int[] Labels { get; }

        public void Score(ReadOnlySpan<float> head, ClassScore score)
        {
            var classes = head.Length / (Width + 1);
            Span<float> logits = stackalloc float[classes];
            for (var i = 0; i < Labels.Length; i++)
            {
                for (var c = 0; c < classes; c++)
                    logits[c] = TensorPrimitives.Dot(Values.AsSpan(i * Width, Width), head.Slice(c * Width, Width)) + head[(classes * Width) + c];
                score.Add(Labels[i], TensorPrimitives.IndexOfMax<float>(logits));
            }
        }
    }
}

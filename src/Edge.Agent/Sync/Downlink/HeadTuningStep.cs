using System.Runtime.InteropServices;
using Edge.Agent.Experience;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Hmas.Contracts.Federated;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Hmas.Inference.HeadTuning;
using Hmas.Trust;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Tunes the head of the active classifier on windows of this device's own rows, within its
/// bounds of rows, windows and time. The rows stay here.</summary>
internal sealed class HeadTuningStep(
    ModelSlots slots, SlotLoader loader, TuningRows rows, IReadOnlyList<SensorChannel> channels, ModelOptions options, TimeSpan maxGap,
    TimeProvider time)
{
    private const int MaxWindows = 512;
    private const int MaxEpochs = 50;
    private const int MicrosecondsPerMillisecond = 1000;

    /// <summary>Share of the budget after which no further window is embedded: the rest is for the steps.</summary>
    private const double EmbeddingShare = 0.5;

    /// <exception cref="HeadTuningRefusal">The task is not for the model that answers here, it is out
    /// of bounds, or there is no labelled window.</exception>
    public HeadUpdate Run(HeadTask task, CancellationToken ct)
    {
        Require(task);
        var budget = TimeSpan.FromMilliseconds(Math.Min(task.BudgetMs, options.TuningBudget.TotalMilliseconds));
        var began = time.GetTimestamp();
        try
        {
            var package = Package(task.Digest);
            var head = MemoryMarshal.Cast<byte, float>(task.Head).ToArray();
            using var embedding = new HeadEmbedding(package.Manifest, package.Onnx.Span, head.Length);
            var (embeddings, labels) = Embed(task, package.Manifest, embedding, () => time.GetElapsedTime(began) < EmbeddingShare * budget, ct);
            if (labels.Count == 0) throw new HeadTuningRefusal("no window of the rows kept here is labelled");
            var tuned = new HeadTuner(embedding.Width, package.Manifest.Classes.Count, time).Tune(
                head, CollectionsMarshal.AsSpan(embeddings), CollectionsMarshal.AsSpan(labels), Settings(task, budget - time.GetElapsedTime(began)),
                ct);
            return new HeadUpdate
            {
                Digest = task.Digest, Round = task.Round, Samples = labels.Count, Delta = MemoryMarshal.AsBytes(tuned.Delta.AsSpan()).ToArray(),
                IsCut = tuned.IsCut, IsClipped = tuned.IsClipped,
            };
        }
        catch (Exception error) when (error is InferenceException or ArgumentException or ModelRefusal)
        {
            throw new HeadTuningRefusal(error.Message, error);
        }
    }

    private void Require(HeadTask task)
    {
        if (rows.Capacity == 0) throw new HeadTuningRefusal("this device keeps no rows to tune on (model:tuningRows)");
        if (task.Head.Length is 0 or > HeadTask.MaxValues * sizeof(float) || task.Head.Length % sizeof(float) != 0)
            throw new HeadTuningRefusal($"a head of {task.Head.Length} bytes is not 1 to {HeadTask.MaxValues} values");
        if (task.Labels.Count > HeadTask.MaxLabels) throw new HeadTuningRefusal($"{task.Labels.Count} labels are more than {HeadTask.MaxLabels}");
        if (task is not { Rate: > 0 and <= 1, Epochs: >= 1 and <= MaxEpochs, Proximal: >= 0 and <= 1, MaxNorm: > 0, Noise: >= 0 and <= 10,
            MaxWindows: >= 1 and <= MaxWindows, BudgetMs: > 0 } || !float.IsFinite(task.MaxNorm))
            throw new HeadTuningRefusal(
                $"a setting is out of bounds: rate {task.Rate}, epochs {task.Epochs}, proximal {task.Proximal}, norm {task.MaxNorm}, noise {task.Noise}, windows {task.MaxWindows}, budget {task.BudgetMs} ms");
    }

    /// <summary>The package that answers, verified anew.</summary>
    private VerifiedPackage Package(string digest)
    {
        if (slots.Current.Active is not { } active) throw new HeadTuningRefusal("no model answers here");
        return active.Digest == digest ? loader.Open(active) : throw new HeadTuningRefusal($"{active.Digest} answers here, not {digest}");
    }

    private (List<float> Embeddings, List<int> Labels) Embed(
        HeadTask task, ModelManifest manifest, HeadEmbedding embedding, Func<bool> hasTime, CancellationToken ct)
    {
        var (embeddings, labels) = (new List<float>(), new List<int>());
        int[] indices = [.. manifest.Channels.Select(name => IndexOf(channels, name))];
        foreach (var (timestampUs, window) in rows.Windows(
            indices, manifest.Window.Length, manifest.Window.Stride, (long)maxGap.TotalMilliseconds * MicrosecondsPerMillisecond))
        {
            ct.ThrowIfCancellationRequested();
            if (labels.Count == task.MaxWindows || !hasTime()) break;
            if (task.Labels.LastOrDefault(label => label.FromUs <= timestampUs && timestampUs <= label.ToUs) is not { Class: >= 0 } label) continue;
            if (label.Class >= manifest.Classes.Count) throw new HeadTuningRefusal($"label {label.Class} is not below {manifest.Classes.Count}");
            embeddings.AddRange(embedding.Of(window));
            labels.Add(label.Class);
        }

        return (embeddings, labels);
    }

    private static HeadTuningSettings Settings(HeadTask task, TimeSpan budget) => new()
    {
        Rate = task.Rate, Epochs = task.Epochs, Proximal = task.Proximal, MaxNorm = task.MaxNorm, Noise = task.Noise, Budget = budget,
        Seed = unchecked((ulong)task.Seed),
    };

    private static int IndexOf(IReadOnlyList<SensorChannel> channels, string name)
    {
        for (var i = 0; i < channels.Count; i++)
        {
            if (channels[i].Name == name) return i;
        }

        throw new HeadTuningRefusal($"the device has no channel '{name}'");
    }
}

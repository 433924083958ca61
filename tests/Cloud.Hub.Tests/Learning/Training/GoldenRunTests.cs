using System.Text.Json;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>Runs recorded from PyTorch by Golden/record.py: the same formulas fill inputs and
/// weights, so losses and gradients must come out the same.</summary>
public sealed class GoldenRunTests
{
    private const int Batch = 32;

    [Theory]
    [InlineData("conv-autoencoder mse adam")]
    [InlineData("classifier softmax adamw")]
    [InlineData("logit binary sgd")]
    [InlineData("recurrent layer-norm huber adam")]
    [InlineData("attention quantile adamw")]
    [InlineData("plane autoencoder mse adam")]
    [InlineData("embedding contrastive sgd")]
    [InlineData("planes residual softmax sgd")]
    [InlineData("planes classifier softmax adamw")]
    public void A_fit_follows_the_recorded_run_of_an_independent_implementation(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Learning", "Training", "Golden", "recorded.json");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var recorded = file.RootElement.GetProperty(name);
        var input = name switch
        {
            "conv-autoencoder mse adam" => new Shape(60, 8),
            "planes residual softmax sgd" => new Shape(12 * 12, 3, 12),
            "planes classifier softmax adamw" or "plane autoencoder mse adam" => new Shape(12 * 10, 2, 10),
            "embedding contrastive sgd" => new Shape(12, 1),
            _ => new Shape(30, 6),
        };
        Loss loss = name switch
        {
            "conv-autoencoder mse adam" or "plane autoencoder mse adam" => new MeanSquaredError(),
            "logit binary sgd" => new BinaryCrossEntropy(3),
            "classifier softmax adamw" => new SoftmaxCrossEntropy([1f, 2f, 0.5f, 1f], 0.1f),
            "recurrent layer-norm huber adam" => new Huber(0.3f),
            "attention quantile adamw" => new Quantile(0.1f, 0.5f, 0.9f),
            "embedding contrastive sgd" => new Contrastive(0.5f),
            _ => new SoftmaxCrossEntropy(),
        };
        using var network = new Network(input, Layers(name), 1);
        FillWeights(network);
        using var run = new NetworkRun(network, Batch);
        using var target = new Sequence(Batch, loss.TargetOf(network.Output));
        for (var b = 0; b < Batch; b++)
        {
            if (loss is Contrastive) FillCodes(run.Input, b);
            else FromChannelMajor(Wave(input.Count, name.StartsWith("conv-", StringComparison.Ordinal) ? 0.5 : 0.25, b * input.Count), run.Input, b);
            FillTarget(loss, run.Input, target, b);
        }

        Optimiser optimiser = name[(name.LastIndexOf(' ') + 1)..] switch
        {
            "adam" => new Adam(network.ParameterCount),
            "adamw" => new Adam(network.ParameterCount, 0.01f, decoupled: true),
            _ => new Momentum(network.ParameterCount),
        };
        var rate = optimiser is Momentum ? 0.05f : name == "conv-autoencoder mse adam" ? 1e-3f : 3e-3f;
        var step = 0;
        foreach (var expected in recorded.GetProperty("losses").EnumerateArray())
        {
            var got = run.Step(Batch, loss, target, 0);
            Assert.True(
                Math.Abs(got - expected.GetDouble()) <= 2e-5 + (2e-4 * expected.GetDouble()), $"step {step}: expected loss {expected}, got {got}");
            if (step++ == 0) CompareGradients(network, run, recorded.GetProperty("gradients"));
            optimiser.Step(network.Parameters, run.Gradients, rate);
            network.Prepare();
        }
    }

    private static List<Layer> Layers(string name) => name switch
    {
        "conv-autoencoder mse adam" => Samples.ConvAutoencoder(),
        "classifier softmax adamw" =>
        [
            new Conv1d(16, 5, 1, 2), new BatchNorm(), new Activation(ActivationKind.Relu), new Conv1d(16, 5, 2, 2),
            new Activation(ActivationKind.Tanh),
            new GlobalAveragePool(), new Dense(4),
        ],
        "recurrent layer-norm huber adam" => [new Gru(8), new Gru(5), new LastStep(), new LayerNorm(), new Dense(3)],
        "attention quantile adamw" =>
        [
            new Conv1d(8, 3, 2, 1), new Activation(ActivationKind.Tanh), new SelfAttention(2), new Residual(1), new LayerNorm(),
            new GlobalAveragePool(), new Dense(3),
        ],
        "plane autoencoder mse adam" =>
        [
            new Conv2d(5, 3, 2, 1), new Activation(ActivationKind.Relu), new ConvTranspose2d(4, 3, 2, 1, 1), new Activation(ActivationKind.Relu),
            new ConvTranspose2d(2, 3, 1, 1),
        ],
        "embedding contrastive sgd" => [new Embedding(5, 6), new Flatten(), new Dense(8)],
        "planes residual softmax sgd" => Samples.Residual(),
        "planes classifier softmax adamw" => Samples.PlaneClassifier(),
        _ => [new Conv1d(8, 3, 2, 2, 2, 2), new Activation(ActivationKind.Sigmoid), new GlobalAveragePool(), new Dense(1)],
    };

    private static float[] Wave(int count, double offset, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => (float)Math.Sin((0.37 * i) + offset))];

    private static void FillCodes(Sequence input, int sample)
    {
        var codes = input.SampleSpan(sample);
        for (var i = 0; i < codes.Length; i++) codes[i] = ((7 * i) + sample) % 5;
    }

    private static void FillTarget(Loss loss, Sequence input, Sequence target, int sample)
    {
        var t = target.SampleSpan(sample);
        switch (loss)
        {
            case MeanSquaredError: input.SampleSpan(sample).CopyTo(t); break;
            case BinaryCrossEntropy: t[0] = sample % 2; break;
            case Huber or Quantile: t.Fill(sample % 4 / 4f); break;
            default: t[0] = sample % 4; break;
        }
    }

    private static void FillWeights(Network network)
    {
        var n = 0;
        foreach (var layer in network.Layers)
        {
            for (var p = 0; p < layer.Parameters.Count; p++)
            {
                var place = PyTorchOrder.Of(layer, p);
                float[] values = [.. Wave(layer.Parameters[p].Count, n++).Select(v => (float)(v / Math.Sqrt(place.FanIn)))];
                if (layer is not (BatchNorm or LayerNorm)) place.Write(values);
            }
        }

        network.Prepare();
    }

    private static void FromChannelMajor(float[] values, Sequence target, int sample)
    {
        var (length, channels) = (target.Shape.Length, target.Shape.Channels);
        for (var i = 0; i < values.Length; i++) target.SampleSpan(sample)[(i % length * channels) + (i / length)] = values[i];
    }

    private static void CompareGradients(Network network, NetworkRun run, JsonElement expected)
    {
        // Lent to the layers, because they know how PyTorch orders what is theirs.
        var values = network.Parameters.ToArray();
        run.Gradients.CopyTo(network.Parameters);
        var n = 0;
        foreach (var layer in network.Layers)
        {
            for (var p = 0; p < layer.Parameters.Count; p++)
                Compare(network.Describe(layer.Parameters[p].Offset), PyTorchOrder.Of(layer, p).Read(), expected[n++]);
        }

        values.CopyTo(network.Parameters);
    }

    private static void Compare(string what, float[] gradient, JsonElement expected)
    {
        var (sum, squares) = (gradient.Sum(v => (double)v), gradient.Sum(v => (double)v * v));
        var (wantedSum, wantedSquares) = (expected[0].GetDouble(), expected[1].GetDouble());
        Assert.True(
            Math.Abs(sum - wantedSum) <= (1e-3 * Math.Sqrt(wantedSquares * gradient.Length)) + 1e-6,
            $"{what}: sum of gradient expected {wantedSum}, got {sum}");
        Assert.True(
            Math.Abs(squares - wantedSquares) <= (1e-3 * wantedSquares) + 1e-9,
            $"{what}: squares of gradient expected {wantedSquares}, got {squares}");
        var step = (gradient.Length + 63) / 64;
        var typical = Math.Sqrt(wantedSquares / gradient.Length);
        for (var i = 0; i < expected[2].GetArrayLength(); i++)
        {
            var wanted = expected[2][i].GetDouble();
            Assert.True(
                Math.Abs(gradient[i * step] - wanted) <= (1e-3 * Math.Abs(wanted)) + (2e-3 * typical) + 1e-7,
                $"{what} at {i * step}: gradient expected {wanted}, got {gradient[i * step]}");
        }
    }
}

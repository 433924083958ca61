using System.Text.Json;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>Runs recorded from PyTorch by Golden/record.py: the same formulas fill inputs and weights, so losses and gradients must come out the same.</summary>
public sealed class GoldenRunTests
{
    private const int Batch = 32;

    [Theory]
    [InlineData("conv-autoencoder mse adam")]
    [InlineData("classifier softmax adamw")]
    [InlineData("logit binary sgd")]
    [InlineData("planes residual softmax sgd")]
    [InlineData("planes classifier softmax adamw")]
    public void A_fit_follows_the_recorded_run_of_an_independent_implementation(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Learning", "Training", "Golden", "recorded.json");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var recorded = file.RootElement.GetProperty(name);
        var isAutoencoder = name.StartsWith("conv-", StringComparison.Ordinal);
        var input = name switch
        {
            "conv-autoencoder mse adam" => new Shape(60, 8),
            "planes residual softmax sgd" => new Shape(12 * 12, 3, 12),
            "planes classifier softmax adamw" => new Shape(12 * 10, 2, 10),
            _ => new Shape(30, 6),
        };
        Loss loss = name switch
        {
            "conv-autoencoder mse adam" => new MeanSquaredError(),
            "logit binary sgd" => new BinaryCrossEntropy(3),
            "classifier softmax adamw" => new SoftmaxCrossEntropy([1f, 2f, 0.5f, 1f], 0.1f),
            _ => new SoftmaxCrossEntropy(),
        };
        using var network = new Network(input, Layers(name), 1);
        FillWeights(network);
        using var run = new NetworkRun(network, Batch);
        using var target = new Sequence(Batch, loss.TargetOf(network.Output));
        for (var b = 0; b < Batch; b++)
        {
            FromChannelMajor(Wave(input.Count, isAutoencoder ? 0.5 : 0.25, b * input.Count), run.Input, b);
            if (isAutoencoder) run.Input.SampleSpan(b).CopyTo(target.SampleSpan(b));
            else target.SampleSpan(b)[0] = loss is BinaryCrossEntropy ? b % 2 : b % 4;
        }

        Optimiser optimiser = name switch
        {
            "conv-autoencoder mse adam" => new Adam(network.ParameterCount),
            "classifier softmax adamw" or "planes classifier softmax adamw" => new Adam(network.ParameterCount, 0.01f, decoupled: true),
            _ => new Momentum(network.ParameterCount),
        };
        var rate = optimiser is Momentum ? 0.05f : isAutoencoder ? 1e-3f : 3e-3f;
        var step = 0;
        foreach (var expected in recorded.GetProperty("losses").EnumerateArray())
        {
            var got = run.Step(Batch, loss, target, 0);
            Assert.True(Math.Abs(got - expected.GetDouble()) <= 2e-5 + (2e-4 * expected.GetDouble()), $"step {step}: expected loss {expected}, got {got}");
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
            new Conv1d(16, 5, 1, 2), new BatchNorm(), new Activation(ActivationKind.Relu), new Conv1d(16, 5, 2, 2), new Activation(ActivationKind.Tanh),
            new GlobalAveragePool(), new Dense(4),
        ],
        "planes residual softmax sgd" => Samples.Residual(),
        "planes classifier softmax adamw" => Samples.PlaneClassifier(),
        _ => [new Conv1d(8, 3, 2, 2, 2, 2), new Activation(ActivationKind.Sigmoid), new GlobalAveragePool(), new Dense(1)],
    };

    private static float[] Wave(int count, double offset, int from = 0) => [.. Enumerable.Range(from, count).Select(i => (float)Math.Sin((0.37 * i) + offset))];

    private static void FillWeights(Network network)
    {
        var n = 0;
        foreach (var layer in network.Layers)
        {
            foreach (var parameter in layer.Parameters)
            {
                var isWeight = parameter.Name == "weight";
                var fan = !isWeight ? 8 : layer is ConvTranspose1d ? layer.Output.Channels * 7 : parameter.Count / layer.Output.Channels;
                var owner = layer is Residual { Projection: { } projection } ? projection : layer;
                float[] values = [.. Wave(parameter.Count, n++).Select(v => (float)(v / Math.Sqrt(fan)))];
                switch (owner)
                {
                    case BatchNorm: break;
                    case Conv1d conv when isWeight: conv.Weights = values; break;
                    case Conv2d conv when isWeight: conv.Weights = values; break;
                    case ConvTranspose1d conv when isWeight: conv.Weights = values; break;
                    case Dense dense when isWeight: dense.Weights = values; break;
                    default: values.CopyTo(parameter.Span); break;
                }
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
        var n = 0;
        foreach (var parameter in network.Layers.SelectMany(layer => layer.Parameters))
        {
            double sum = 0, squares = 0;
            foreach (var value in run.Gradients.Slice(parameter.Offset, parameter.Count))
            {
                sum += value;
                squares += (double)value * value;
            }

            var (wantedSum, wantedSquares) = (expected[n][0].GetDouble(), expected[n++][1].GetDouble());
            Assert.True(Math.Abs(sum - wantedSum) <= 1e-3 * Math.Sqrt(wantedSquares * parameter.Count) + 1e-6, $"{network.Describe(parameter.Offset)}: sum of gradient expected {wantedSum}, got {sum}");
            Assert.True(Math.Abs(squares - wantedSquares) <= (1e-3 * wantedSquares) + 1e-9, $"{network.Describe(parameter.Offset)}: squares of gradient expected {wantedSquares}, got {squares}");
        }
    }
}

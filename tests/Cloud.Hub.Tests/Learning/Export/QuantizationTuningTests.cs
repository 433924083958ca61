using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Export.Quantization.Tuning;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Tests.Learning.Training;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Tests.Learning.Export;

public sealed class QuantizationTuningTests
{
    private const int Windows = 400;

    public static TheoryData<string> Chains => ["convolutional autoencoder", "dense autoencoder", "classifier with pools"];

    /// <summary>With steps too fine to see, layers made of operations are the operations.</summary>
    [Theory]
    [MemberData(nameof(Chains))]
    public void Operations_turned_into_layers_answer_as_the_operations(string name)
    {
        var (operations, windows) = Chain(name);
        using var ranges = Ranges(operations, windows);
        var plan = new Quantizer(operations, ranges).Plan(new QuantizerSettings(RangeRule.MinMax, 1));
        using var chain = new TunableChain(
            operations, plan with { Input = null, Outputs = new TensorQuantization?[operations.Count] }, learnsRanges: false);
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not IWeighted weighted) continue;
            chain.Layer(i).Weights = weighted.Weights;
            weighted.Bias.CopyTo(chain.Layer(i).Bias);
        }

        chain.Network.Prepare();
        using var run = new NetworkRun(chain.Network, 1);
        var (entering, leaving) = (TunableChain.TimeMajor(chain.Network.Input), TunableChain.TimeMajor(chain.Network.Output));
        for (var i = 0; i < entering.Length; i++) run.Input.SampleSpan(0)[entering[i]] = windows[0][i];
        run.Forward(1);
        var expected = OperationRun.Of(operations, windows[0]);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], run.Output.SampleSpan(0)[leaving[i]], 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void A_tuned_model_has_the_static_layout_and_answers_as_near_to_its_float_twin(string name)
    {
        NativeRuntime.DisableTelemetry();
        var (operations, windows) = Chain(name);
        using var ranges = Ranges(operations, windows.Where((_, i) => i % 2 == 0));
        var plan = new Quantizer(operations, ranges).Plan(new QuantizerSettings(RangeRule.MinMax, 2));
        using var tuning = new QuantizationTuning(operations, plan, learnsRanges: name == "classifier with pools");
        var tuned = tuning.Run([.. windows.Where((_, i) => i % 2 == 0)]);
        var input = new TensorSpec("input", Dimensions(operations[0].Input));
        var output = new TensorSpec("output", Dimensions(operations[^1].Output));
        var precise = OnnxWriter.Write("chain", operations, input, output);
        var (before, after) = (
            OnnxWriter.Write("chain", operations, input, output, plan), OnnxWriter.Write("chain", operations, input, output, tuned));
        Assert.Equal(before.Length, after.Length);
        Assert.Equal(Products(before, input, output), Products(after, input, output));
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not IWeighted weighted) continue;
            var (weights, row) = (tuned.Weights[i]!, weighted.Weights.Length / weighted.OutputChannels);
            var entering = i == 0 ? tuned.Input!.Value : tuned.Outputs[i - 1]!.Value;
            // The runtime ignores any other bias scale, and machines without VNNI must not saturate.
            for (var o = 0; o < weighted.OutputChannels; o++)
            {
                Assert.Equal(entering.Scale * weights.Scales[o], weights.BiasScales[o]);
                Assert.False(new WeightRounding(row, null, weighted.KernelSize).Saturates(weights.Values.AsSpan(o * row, row)));
            }
        }

        // Judged on windows that neither path has seen. Where ranges stay, rounding in turn leaves little to
        // win (Int8ChoiceTests has a case where the static path fails).
        List<float[]> judging = [.. windows.Where((_, i) => i % 2 == 1)];
        var (noise, less) = (Noise(precise, before, input, output, judging), Noise(precise, after, input, output, judging));
        Assert.True(less < 1.1 * noise, $"expected no more than the static noise {noise} and a tenth, got {less}");
    }

    [Fact]
    public void The_same_fit_gives_the_same_plan()
    {
        var (operations, windows) = Chain("dense autoencoder");
        using var ranges = Ranges(operations, windows);
        var plan = new Quantizer(operations, ranges).Plan(new QuantizerSettings(RangeRule.MinMax, 2));
        var runs = Enumerable.Range(0, 2).Select(_ =>
        {
            using var tuning = new QuantizationTuning(operations, plan, learnsRanges: true);
            return tuning.Run(windows);
        }).ToList();
        Assert.Equal(runs[0].Outputs, runs[1].Outputs);
        for (var i = 0; i < operations.Count; i++) Assert.Equal(runs[0].Weights[i]?.Values, runs[1].Weights[i]?.Values);
    }

    [Fact]
    public void A_chain_without_a_form_that_learns_says_which_operation()
    {
        using var network = new Network(new Shape(6, 4), [new Gru(5), new Conv1d(4, 1)], 1);
        Assert.Contains("operation 0 (GruOperation)", TunableChain.Obstacle(OperationBuilder.Build(network)), StringComparison.Ordinal);
    }

    private static (IReadOnlyList<Operation> Operations, List<float[]> Windows) Chain(string name)
    {
        var (shape, layers) = name switch
        {
            "convolutional autoencoder" => (new Shape(60, 8), Samples.ConvAutoencoder()),
            "dense autoencoder" =>
                (new Shape(10, 4), [
                    new Flatten(), new Dense(24), new Activation(ActivationKind.Relu), new Dense(6), new Dense(40), new Unflatten(4)]),
            _ => (new Shape(24, 3), new List<Layer>
            {
                new Conv1d(6, 3, 1, 1), new BatchNorm(), new Activation(ActivationKind.Relu), new MaxPool(2), new Conv1d(8, 3, 2, 1, 1, 2),
                new Activation(ActivationKind.Tanh),
                new Flatten(), new Dense(12), new Activation(ActivationKind.Relu), new Dense(3),
            }),
        };
        using var network = new Network(shape, layers, 5);
        using var input = new Sequence(Windows, shape);
        Samples.FillWaves(input, Windows, 4);
        List<float[]> windows = [.. Enumerable.Range(0, Windows).Select(b => Samples.ChannelMajor(input, b))];
        return (Equalisation.Apply(OperationBuilder.Build(network), windows), windows);
    }

    private static RangeCollector Ranges(IReadOnlyList<Operation> operations, IEnumerable<float[]> windows)
    {
        var ranges = new RangeCollector(operations);
        foreach (var window in windows) ranges.Observe(window);
        return ranges;
    }

    private static int[] Dimensions(Shape shape) => shape.Length == 1 ? [1, shape.Channels] : [1, shape.Channels, shape.Length];

    private static string[] Products(byte[] onnx, TensorSpec input, TensorSpec output) =>
        [.. ModelProfile.Measure(onnx, input, output, 1).Select(node => node.Operation)];

    private static double Noise(byte[] precise, byte[] rounded, TensorSpec input, TensorSpec output, List<float[]> windows)
    {
        using var a = new ModelSession(precise, input, output, new SessionSettings());
        using var b = new ModelSession(rounded, input, output, new SessionSettings());
        var sum = 0.0;
        foreach (var window in windows)
        {
            window.CopyTo(a.Input);
            window.CopyTo(b.Input);
            a.Run();
            b.Run();
            sum += Math.Pow(TensorPrimitives.Distance<float>(a.Output, b.Output), 2);
        }

        return sum;
    }
}

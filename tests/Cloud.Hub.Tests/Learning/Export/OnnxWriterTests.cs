using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Tests.Learning.Judges;
using Cloud.Hub.Tests.Learning.Training;
using Hmas.Inference;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Export;

/// <summary>Exported models on the real runtime.</summary>
public sealed class OnnxWriterTests
{
    private const int Batch = 48;

    private static readonly Dictionary<string, (Shape Input, Func<List<Layer>> Layers)> Cases = new()
    {
        ["conv autoencoder"] = (new(60, 8), Samples.ConvAutoencoder),
        ["conv classifier with batch norm"] = (new(30, 6),
            () =>
            [
                new Conv1d(16, 5, 1, 2), new BatchNorm(), new Activation(ActivationKind.Relu), new Conv1d(16, 5, 2, 2),
                new Activation(ActivationKind.Relu), new Flatten(),
                new Dropout(0.2f), new Dense(32), new BatchNorm(), new Activation(ActivationKind.Relu), new Dense(1),
            ]),
        ["dense autoencoder over windows"] = (new(30, 6),
            () => [new Flatten(), new Dense(64), new Activation(ActivationKind.Relu), new Dense(3), new Dense(64),
                new Activation(ActivationKind.Relu), new Dense(180), new Unflatten(6)]),
        ["what is seldom"] = (new(23, 5),
            () =>
            [
                new Activation(ActivationKind.Tanh), new BatchNorm(), new Conv1d(6, 3, 1, 4, 4), new Activation(ActivationKind.LeakyRelu),
                new ConvTranspose1d(4, 4, 3, 1, 2),
                new Activation(ActivationKind.Sigmoid), new Conv1d(8, 3, 1, 1, 1, 4), new GlobalAveragePool(), new Dense(4),
                new Activation(ActivationKind.Relu),
            ]),
        ["residual network on planes"] = (new(12 * 12, 3, 12), Samples.Residual),
        ["means of stretches"] = (
            new(20, 3),
            () => [new Conv1d(6, 3, 1, 1), new Activation(ActivationKind.Relu), new MeanPool(2), new Conv1d(6, 3, 1, 1), new MeanPool(3, 2),
                new Flatten(), new Dense(3)]),
        ["means of squares"] = (
            new(12 * 10, 2, 10),
            () => [new Conv2d(6, 3, padding: 1), new Activation(ActivationKind.Relu), new MeanPool(2), new Flatten(), new Dense(3)]),
        ["plane classifier"] = (new(12 * 10, 2, 10), Samples.PlaneClassifier),
        ["residual in time"] = (new(24, 4),
            () =>
            [
                new Conv1d(8, 3, 1, 1), new Activation(ActivationKind.Relu), new Conv1d(12, 3, 2, 1), new Residual(3, new Conv2d(12, 1, 2)),
                new MaxPool(2), new Activation(ActivationKind.Relu),
                new Conv1d(12, 3, 1, 1), new Residual(1), new Activation(ActivationKind.Tanh),
            ]),
        ["transposed convolutions on planes"] = (new(12 * 8, 3, 8),
            () =>
            [
                new Conv2d(8, 3, 2, 1), new Activation(ActivationKind.Relu), new ConvTranspose2d(6, 3, 2, 1, 1), new Activation(ActivationKind.Relu),
                new ConvTranspose2d(3, 3, 1, 1),
            ]),
        ["odd planes out of stride 2"] = (
            new(5 * 3, 2, 3), () => [new ConvTranspose2d(4, 4, 2, 2), new Activation(ActivationKind.Tanh), new Conv2d(2, 1)]),
        ["recurrent behind a convolution"] = (new(20, 4),
            () => [new Conv1d(8, 3, 2, 1), new Activation(ActivationKind.Relu), new LayerNorm(), new Gru(12), new LastStep(), new Dense(6),
                new LayerNorm(), new Dense(2)]),
        ["attention between dense layers"] = (
            new(12, 4), () => [new Conv1d(8, 1), new SelfAttention(2), new Residual(1), new LayerNorm(), new GlobalAveragePool(), new Dense(3)]),
        ["forecast of every row"] = (new(16, 3), () => [new Delay(), new Gru(10), new Conv1d(3, 1)]),
        ["odd length out of stride 3"] = (new(7, 2), () => [new ConvTranspose1d(3, 5, 3, 2, 1), new Activation(ActivationKind.Tanh)]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_exported_float_model_answers_as_the_trained_network(string name)
    {
        using var fitted = new Fitted(Cases[name].Input, Cases[name].Layers());
        using var session = new ModelSession(fitted.Float, fitted.InputSpec, fitted.OutputSpec, new SessionSettings());
        for (var b = 0; b < Batch; b++)
        {
            Samples.ChannelMajor(fitted.Run.Input, b).CopyTo(session.Input);
            session.Run();
            var expected = Samples.ChannelMajor(fitted.Run.Output, b);
            for (var i = 0; i < expected.Length; i++)
                Assert.True(
                    Math.Abs(expected[i] - session.Output[i]) < 1e-5f, $"{name}, sample {b} at {i}: expected {expected[i]}, got {session.Output[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_int8_model_stays_close_to_the_float_one_on_this_processor(string name)
    {
        using var fitted = new Fitted(Cases[name].Input, Cases[name].Layers());
        Assert.True(Sqnr(fitted, headroom: 1) >= 28, $"{name}: {Sqnr(fitted, 1):F1} dB without headroom");
        Assert.True(Sqnr(fitted, headroom: 2) >= 22, $"{name}: {Sqnr(fitted, 2):F1} dB with headroom 2");
    }

    [Fact]
    public void Int8_means_the_same_with_and_without_the_runtimes_optimisations()
    {
        using var fitted = new Fitted(Cases["conv autoencoder"].Input, Samples.ConvAutoencoder());
        var plan = fitted.Plan(1);
        var bytes = fitted.Write(plan);
        using var optimised = new ModelSession(bytes, fitted.InputSpec, fitted.OutputSpec, new SessionSettings());
        using var plain = new ModelSession(
            bytes, fitted.InputSpec, fitted.OutputSpec, new SessionSettings { OptimisationLevel = OptimisationLevel.None });
        for (var b = 0; b < Batch; b++)
        {
            Samples.ChannelMajor(fitted.Run.Input, b).CopyTo(optimised.Input);
            optimised.Input.CopyTo(plain.Input);
            optimised.Run();
            plain.Run();
            for (var i = 0; i < plain.Output.Length; i++)
                Assert.True(
                    Math.Abs(plain.Output[i] - optimised.Output[i]) <= 1.01f * plan.Outputs[^1]!.Value.Scale,
                    $"sample {b} at {i}: plain {plain.Output[i]}, optimised {optimised.Output[i]}");
        }
    }

    [Theory]
    [InlineData("conv autoencoder")]
    [InlineData("plane classifier")]
    [InlineData("residual network on planes")]
    [InlineData("transposed convolutions on planes")]
    [InlineData("dense autoencoder over windows")]
    public void Every_product_of_an_int8_model_runs_on_bytes(string name)
    {
        using var fitted = new Fitted(Cases[name].Input, Cases[name].Layers());
        var nodes = ModelProfile.Measure(fitted.Write(fitted.Plan(1)), fitted.InputSpec, fitted.OutputSpec, 3);
        Assert.DoesNotContain(nodes, node => node.Operation is "Conv" or "FusedConv" or "Gemm" or "FusedGemm" or "MatMul" or "ConvTranspose");
        Assert.Contains(nodes, node => node.Operation is "QLinearConv" or "QGemm");
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        using var one = new Fitted(new Shape(60, 8), Samples.ConvAutoencoder());
        using var two = new Fitted(new Shape(60, 8), Samples.ConvAutoencoder());
        Assert.Equal(one.Float, two.Float);
        Assert.Equal(one.Write(one.Plan(2)), two.Write(two.Plan(2)));
    }

    [FactWithTool("python3-onnx", "onnx")]
    public void Onnx_checker_accepts_every_exported_model()
    {
        using var folder = new TempFolder();
        foreach (var (name, (input, layers)) in Cases)
        {
            using var fitted = new Fitted(input, layers());
            File.WriteAllBytes(folder.File($"{name} float.onnx"), fitted.Float);
            File.WriteAllBytes(folder.File($"{name} int8.onnx"), fitted.Write(fitted.Plan(2)));
        }

        var (code, output) = Python.Run(
            "import onnx,glob,sys\nfor f in glob.glob(sys.argv[1]+'/*.onnx'): onnx.checker.check_model(onnx.load(f), full_check=True)", folder.Path);
        Assert.True(code == 0, output);
    }

    private static double Sqnr(Fitted fitted, float headroom)
    {
        using var quantized = new ModelSession(fitted.Write(fitted.Plan(headroom)), fitted.InputSpec, fitted.OutputSpec, new SessionSettings());
        double signal = 0, noise = 0;
        for (var b = 0; b < Batch; b++)
        {
            Samples.ChannelMajor(fitted.Run.Input, b).CopyTo(quantized.Input);
            quantized.Run();
            var expected = Samples.ChannelMajor(fitted.Run.Output, b);
            for (var i = 0; i < expected.Length; i++)
            {
                signal += expected[i] * (double)expected[i];
                noise += Math.Pow(expected[i] - quantized.Output[i], 2);
            }
        }

        return 10 * Math.Log10(signal / noise);
    }
}

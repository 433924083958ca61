using System.Globalization;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Tests.Learning.Judges;

namespace Cloud.Hub.Tests.Learning.Training;

public sealed unsafe class FakeQuantizeTests
{
    private const float Step = 0.13f;
    private const byte Zero = 97;

    [Fact]
    public void It_rounds_as_the_int8_graph_does()
    {
        var (inputs, outputs, _, _) = Run(Values());
        var quantization = new TensorQuantization(MathF.Exp(MathF.Log(Step)), Zero);
        for (var i = 0; i < inputs.Length; i++) Assert.Equal(quantization.Round(inputs[i]), outputs[i]);
    }

    [FactWithTool("python3-torch", "torch")]
    public void Its_gradients_are_those_of_pytorchs_learnable_fake_quantization()
    {
        var (inputs, _, gradients, slope) = Run(Values());
        var (code, output) = Python.Run(
            """
            import sys, torch
            x = torch.tensor([float(v) for v in sys.argv[3].split(',')], requires_grad=True)
            s = torch.tensor([float(sys.argv[1])], requires_grad=True)
            z = torch.tensor([float(sys.argv[2])], requires_grad=True)
            y = torch._fake_quantize_learnable_per_tensor_affine(x, s, z, 0, 255, 1.0)
            (y * torch.arange(1, len(x) + 1)).sum().backward()
            print(float(s.grad[0]), *x.grad.tolist())
            """,
            MathF.Exp(MathF.Log(Step)).ToString("R", CultureInfo.InvariantCulture), Zero.ToString(CultureInfo.InvariantCulture),
            string.Join(',', inputs.Select(x => x.ToString("R", CultureInfo.InvariantCulture))));
        Assert.True(code == 0, output);
        var judged = output.Trim().Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray();
        // Ours is the slope of the step's logarithm.
        Assert.Equal(judged[0] * Step, slope, 1e-4f * Math.Abs(slope));
        Assert.Equal(judged[1..], gradients);
    }

    [Fact]
    public void A_prescribed_step_is_not_learnt()
    {
        var layer = new FakeQuantize(1f / 255, 0, learns: false);
        Assert.Empty(layer.Parameters);
        Assert.Equal(1f / 255, layer.Step);
    }

    /// <summary>Inside, on the edges and far beyond both ends.</summary>
    private static float[] Values() => [.. Enumerable.Range(0, 64).Select(i => (0.771f * (i - 32)) + 0.011f)];

    /// <summary>The output's gradient is 1, 2, 3 and so on.</summary>
    private static (float[] Inputs, float[] Outputs, float[] Gradients, float Slope) Run(float[] values)
    {
        var shape = new Shape(1, values.Length);
        using var network = new Network(shape, [new FakeQuantize(Step, Zero, learns: true)], 1);
        using var input = new Sequence(1, shape);
        using var output = new Sequence(1, shape);
        using var outputGradient = new Sequence(1, shape);
        using var inputGradient = new Sequence(1, shape);
        using var gradients = new NativeBuffer(1);
        values.CopyTo(input.SampleSpan(0));
        for (var i = 0; i < values.Length; i++) outputGradient.SampleSpan(0)[i] = i + 1;
        var lane = new Lane(0) { To = 1, IsTraining = true, Gradients = gradients.Pointer };
        network.Layers[0].Forward(lane, input, output);
        network.Layers[0].Backward(lane, input, output, outputGradient, inputGradient);
        return (values, output.SampleSpan(0).ToArray(), inputGradient.SampleSpan(0).ToArray(), gradients.Span[0]);
    }
}

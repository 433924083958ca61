using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;
using Cloud.Hub.Tests.Learning.Training;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Tests.Learning.Export;

/// <summary>A network after some steps on waves, its answers to a last batch, and its export.</summary>
internal sealed class Fitted : IDisposable
{
    private const int Batch = 48;
    private readonly Network _network;
    private readonly IReadOnlyList<Operation> _operations;

    public Fitted(Shape input, List<Layer> layers)
    {
        NativeRuntime.DisableTelemetry();
        _network = new Network(input, layers, 3);
        Run = new NetworkRun(_network, Batch);
        using var target = new Sequence(Batch, _network.Output);
        var optimiser = new Adam(_network.ParameterCount);
        for (var step = 0; step < 60; step++)
        {
            Samples.FillWaves(Run.Input, Batch, step);
            for (var b = 0; b < Batch; b++)
            {
                if (_network.Output == input) Run.Input.SampleSpan(b).CopyTo(target.SampleSpan(b));
                else target.SampleSpan(b).Fill(0.5f + (0.01f * b));
            }

            Run.Step(Batch, new MeanSquaredError(), target, (ulong)step);
            optimiser.Step(_network.Parameters, Run.Gradients, 3e-3f);
            _network.Prepare();
        }

        Run.Forward(Batch);
        _operations = Equalisation.Apply(
            OperationBuilder.Build(_network), Enumerable.Range(0, Batch).Select(b => Samples.ChannelMajor(Run.Input, b)));
        InputSpec = new TensorSpec("input", Shape(input));
        OutputSpec = new TensorSpec("output", Shape(_network.Output));
        Float = Write(null);
    }

    public NetworkRun Run { get; }

    public TensorSpec InputSpec { get; }

    public TensorSpec OutputSpec { get; }

    public byte[] Float { get; }

    public byte[] Write(QuantizationPlan? plan) => OnnxWriter.Write("sample", _operations, InputSpec, OutputSpec, plan);

    public QuantizationPlan Plan(float headroom)
    {
        using var ranges = new RangeCollector(_operations);
        for (var b = 0; b < Batch; b++) ranges.Observe(Samples.ChannelMajor(Run.Input, b));
        return new Quantizer(_operations, ranges).Plan(new QuantizerSettings(RangeRule.MinMax, headroom));
    }

    public void Dispose()
    {
        Run.Dispose();
        _network.Dispose();
    }

    private static int[] Shape(Shape shape) =>
        shape.Length == 1
            ? [1, shape.Channels] : shape.Width > 1 ? [1, shape.Channels, shape.Height, shape.Width] : [1, shape.Channels, shape.Length];
}

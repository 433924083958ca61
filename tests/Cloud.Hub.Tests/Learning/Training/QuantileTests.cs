using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Tests.Learning.Training;

public sealed class QuantileTests
{
    [Fact]
    public void Outputs_settle_where_that_share_of_the_targets_lies_below()
    {
        using var network = new Network(new Shape(1, 1), [new Dense(3)], 1);
        using var run = new NetworkRun(network, 200);
        var loss = new Quantile(0.1f, 0.5f, 0.9f);
        using var target = new Sequence(200, loss.TargetOf(network.Output));
        for (var b = 0; b < 200; b++) target.SampleSpan(b)[0] = b / 200f;
        var optimiser = new Adam(network.ParameterCount);
        for (var step = 0; step < 3_000; step++)
        {
            run.Step(200, loss, target, 1);
            optimiser.Step(network.Parameters, run.Gradients, 2e-3f);
            network.Prepare();
        }

        run.Forward(1);
        var got = run.Output.SampleSpan(0);
        Assert.Equal(0.1, got[0], 0.02);
        Assert.Equal(0.5, got[1], 0.02);
        Assert.Equal(0.9, got[2], 0.02);
    }
}

using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;

namespace Cloud.Hub.Tests.Learning.Training;

public sealed class TrainerTests
{
    private static readonly Shape Window = new(60, 8);
    private static readonly TrainingSettings Short = new() { Epochs = 6, BatchSize = 48, AverageDecay = 0.9f, ReplayShare = 0.25f, Seed = 11 };

    [Fact]
    public void A_fit_makes_the_loss_fall()
    {
        using var fresh = new Waves(256, Window, 1);
        using var network = new Network(Window, Samples.ConvAutoencoder(), 1);

        var outcome = new Trainer(network, new MeanSquaredError(), Short).Run(fresh, null, null, null, null, null, CancellationToken.None);

        Assert.Null(outcome.Divergence);
        Assert.True(outcome.Losses[^1] < 0.8 * outcome.Losses[0], $"loss went from {outcome.Losses[0]} to {outcome.Losses[^1]}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_with_one_thread_and_with_two()
    {
        Assert.Equal(Fit(threads: 1), Fit(threads: 2));
        Assert.NotEqual(Fit(threads: 1), Fit(threads: 1, seed: 12));
    }

    [Fact]
    public void A_residual_network_on_planes_has_the_same_gradient_with_one_thread_and_with_two()
    {
        Assert.Equal(Gradient(1), Gradient(2));

        static float[] Gradient(int threads)
        {
            using var network = new Network(new Shape(6 * 6, 3, 6), Samples.Residual(), 3);
            using var run = new NetworkRun(network, 70, threads);
            using var target = new Sequence(70, new Shape(1, 1));
            Samples.FillWaves(run.Input, 70, 5);
            run.Step(70, new SoftmaxCrossEntropy(), target, 1);
            return run.Gradients.ToArray();
        }
    }

    [Fact]
    public void A_fit_resumed_from_a_checkpoint_ends_with_the_bits_of_one_that_was_never_stopped()
    {
        var whole = Fit(threads: 1);
        Checkpoint? third = null;
        using (var fresh = new Waves(200, Window, 1))
        using (var replay = new Waves(64, Window, 2))
        using (var network = new Network(Window, Layers(), 1))
        using (var stop = new CancellationTokenSource())
        {
            var trainer = new Trainer(network, new MeanSquaredError(), Short);
            Assert.Throws<OperationCanceledException>(() => trainer.Run(fresh, replay, null, null, Keep, null, stop.Token));

            void Keep(Checkpoint checkpoint)
            {
                if (checkpoint.Epoch < 3) return;
                third = Checkpoint.FromBytes(checkpoint.ToBytes());
                stop.Cancel();
            }
        }

        using var freshAgain = new Waves(200, Window, 1);
        using var replayAgain = new Waves(64, Window, 2);
        using var resumed = new Network(Window, Layers(), 99);
        new Trainer(resumed, new MeanSquaredError(), Short).Run(freshAgain, replayAgain, null, third, null, null, CancellationToken.None);
        Assert.Equal(whole, resumed.Values.ToArray());
    }

    [Fact]
    public void A_value_that_is_not_a_number_stops_the_fit_with_the_last_good_values_and_says_where()
    {
        var seen = 0;
        using var fresh = new Waves(96, Window, 1) { OnFill = _ => seen++ };
        using var network = new Network(Window, Layers(), 1);
        float[]? kept = null;
        var broken = new Breaking(fresh, () => seen > 96 + 60);

        var outcome = new Trainer(network, new MeanSquaredError(), Short with { AverageDecay = 0 })
            .Run(broken, null, null, null, checkpoint => kept = checkpoint.BestValues, null, CancellationToken.None);

        Assert.Equal(new Divergence(2, 2, "an input is not finite"), outcome.Divergence);
        Assert.Equal(kept, network.Values.ToArray());
    }

    [Fact]
    public void A_fit_that_no_longer_gets_better_ends_early_with_its_best_values()
    {
        using var fresh = new Waves(64, Window, 1);
        using var validation = new Waves(64, Window, 3);
        using var network = new Network(Window, [new Flatten(), new Dense(480), new Unflatten(8)], 1);

        // A rate of 0.5 on a linear map swings past the minimum: some epoch is the best, then it worsens.
        var outcome = new Trainer(
            network, new MeanSquaredError(), new TrainingSettings { Epochs = 200, BatchSize = 32, Patience = 3, LearningRate = 0.5f })
            .Run(fresh, null, validation, null, null, null, CancellationToken.None);

        Assert.Equal(outcome.BestEpoch + 3, outcome.Losses.Count);
        Assert.Equal(outcome.Validations.Min(), outcome.Validations[outcome.BestEpoch - 1]);
    }

    [Theory]
    [InlineData("empty", "the training set is empty")]
    [InlineData("shape", "the training set has samples (30, 8), the network takes (60, 8)")]
    public void A_set_that_does_not_fit_is_refused_by_name(string kind, string expected)
    {
        using var set = new Waves(kind == "empty" ? 0 : 4, kind == "shape" ? new Shape(30, 8) : Window, 1);
        using var network = new Network(Window, Layers(), 1);
        var error = Assert.Throws<ArgumentException>(() =>
            new Trainer(network, new MeanSquaredError(), Short).Run(set, null, null, null, null, null, CancellationToken.None));
        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused()
    {
        using var fresh = new Waves(64, Window, 1);
        using var network = new Network(Window, Layers(), 1);
        byte[] bytes = [];
        new Trainer(network, new MeanSquaredError(), Short with { Epochs = 1 }).Run(
            fresh, null, null, null, c => bytes = c.ToBytes(), null, CancellationToken.None);
        bytes[bytes.Length / 2] ^= 1;
        Assert.Throws<FormatException>(() => Checkpoint.FromBytes(bytes));
    }

    private static List<Layer> Layers() =>
        [new Conv1d(8, 5, 2, 2), new BatchNorm(), new Activation(ActivationKind.Relu), new Dropout(0.1f), new ConvTranspose1d(8, 5, 2, 2, 1)];

    private static float[] Fit(int threads, ulong seed = 11)
    {
        using var fresh = new Waves(200, Window, 1);
        using var replay = new Waves(64, Window, 2);
        using var network = new Network(Window, Layers(), 1);
        new Trainer(network, new MeanSquaredError(), Short with { Threads = threads, Seed = seed }).Run(
            fresh, replay, null, null, null, null, CancellationToken.None);
        return network.Values.ToArray();
    }

    private sealed class Breaking(ITrainingSet inner, Func<bool> isBroken) : ITrainingSet
    {
        public int Count => inner.Count;

        public Shape Input => inner.Input;

        public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
        {
            inner.Fill(index, input, target, random);
            if (isBroken()) input[0] = float.NaN;
        }
    }
}

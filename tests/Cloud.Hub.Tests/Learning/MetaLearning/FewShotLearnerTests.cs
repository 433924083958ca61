using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.MetaLearning;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.MetaLearning;

/// <summary>Machines whose three states lie at the same places of a plane, but each machine's sensor is turned by another angle.</summary>
public sealed class FewShotLearnerTests
{
    private const int Classes = 3;
    private static readonly int[] Sizes = [2, 24, Classes];

    [Theory]
    [InlineData("Maml")]
    [InlineData("FirstOrderMaml")]
    [InlineData("Reptile")]
    public void A_new_machine_is_read_far_better_after_twelve_labelled_windows(string method)
    {
        var settings = new FewShotSettings { Method = Enum.Parse<MetaMethod>(method), MaxWindows = 12, MetaSteps = 1_500, MetaRate = 3e-3f };
        var random = new SeededRandom(5);
        using var network = NewNetwork();
        var tasks = new GroupTasks([.. Enumerable.Range(0, 40).Select(_ => Machine(Angle(random), 60, random))], Classes);
        var start = FewShotLearner.LearnStart(Sizes, network.Values.ToArray(), tasks, settings, CancellationToken.None);
        using var learner = new FewShotLearner(Sizes, start, settings);
        var (before, after) = (0.0, 0.0);
        const int Machines = 20;
        for (var i = 0; i < Machines; i++)
        {
            var angle = Angle(random);
            before += Accuracy(network, start, Machine(angle, 300, random)) / Machines;
            after += Accuracy(network, learner.Adapt(Machine(angle, 12, random)), Machine(angle, 300, random)) / Machines;
        }

        Assert.True(after > before + 0.1 && after > 0.75, $"{method}: {before:0.000} before, {after:0.000} after");
    }

    [Fact]
    public void A_head_only_adaptation_leaves_every_other_layer_as_it_was()
    {
        using var network = NewNetwork();
        var start = network.Values.ToArray();
        using var learner = new FewShotLearner(Sizes, start, new FewShotSettings { Method = MetaMethod.Anil, MaxWindows = 6 });
        var adapted = learner.Adapt(Machine(0.4f, 6, new SeededRandom(1)));
        const int Body = (2 + 1) * 24;
        Assert.Equal(start[..Body], adapted[..Body]);
        Assert.NotEqual(start[Body..], adapted[Body..]);
    }

    [Fact]
    public void Windows_that_do_not_fit_are_refused_by_place()
    {
        using var network = NewNetwork();
        using var learner = new FewShotLearner(Sizes, network.Values.ToArray(), new FewShotSettings { MaxWindows = 2 });
        Refused([], "0 windows");
        Refused([([0, 0], 0), ([0, 0], 0), ([0, 0], 0)], "3 windows");
        Refused([([0, 0], 0), ([0, 0], 3)], "window 1");
        Refused([([0, 0, 0], 0)], "window 0");
        Refused([([float.NaN, 0], 0)], "finite");

        void Refused((float[], int)[] windows, string says) =>
            Assert.Contains(says, Assert.Throws<ArgumentException>(() => learner.Adapt(windows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_with_other_layers_is_refused_by_layer()
    {
        using var network = new Network(new Shape(8, 2), [new Conv1d(4, 3, 1, 1), new Flatten(), new Dense(2)], seed: 1);
        Assert.Contains(
            "layer 0 (conv1d)", Assert.Throws<ArgumentException>(() => FewShotLearner.SizesOf(network)).Message, StringComparison.Ordinal);
    }

    private static Network NewNetwork() =>
        new(new Shape(1, 2), [new Dense(24), new Activation(ActivationKind.Relu), new Dropout(0.1f), new Dense(Classes)], seed: 2);

    private static float Angle(SeededRandom random) => 1.5f * random.NextNormal();

    private static List<(float[] Features, int Class)> Machine(float angle, int windows, SeededRandom random) =>
    [
        .. Enumerable.Range(0, windows).Select(i =>
        {
            var at = angle + (2 * MathF.PI * (i % Classes) / Classes);
            return (new[] { MathF.Cos(at) + (0.25f * random.NextNormal()), MathF.Sin(at) + (0.25f * random.NextNormal()) }, i % Classes);
        }),
    ];

    private static double Accuracy(Network network, float[] values, List<(float[] Features, int Class)> samples)
    {
        network.Load(values);
        var operations = OperationBuilder.Build(network);
        return samples.Average(sample => ClassTrainer.Answer(operations, sample.Features) == sample.Class ? 1.0 : 0.0);
    }
}

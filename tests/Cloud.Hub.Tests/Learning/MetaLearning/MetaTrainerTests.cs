using Cloud.Hub.Learning.MetaLearning;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.MetaLearning;

public sealed unsafe class MetaTrainerTests
{
    private static readonly int[] Sizes = [2, 9, 7, 2];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_gradient_and_its_curvature_are_what_differences_of_loss_and_gradient_say(bool isClassifier)
    {
        const int Rows = 6;
        var random = new SeededRandom(3);
        using var chain = new DenseChain(Sizes, isClassifier ? new CrossEntropy() : new SquaredError(), Rows);
        var count = chain.ParameterCount;
        using var values = new NativeBuffer(count);
        using var moved = new NativeBuffer(count);
        using var gradient = new NativeBuffer(count);
        using var other = new NativeBuffer(count);
        using var direction = new NativeBuffer(count);
        using var product = new NativeBuffer(count);
        using var x = Filled(Rows * 2, random);
        using var target = Filled(Rows * 2, random);
        if (isClassifier)
        {
            for (var row = 0; row < Rows; row++) target.Span[2 * row] = 1 - (target.Span[(2 * row) + 1] = row % 2);
        }

        chain.Initialise(values.Span, random);
        foreach (ref var value in direction.Span) value = random.NextNormal();

        const float Width = 1e-3f;
        var expected = 0.0;
        chain.Gradient(values.Pointer, x.Pointer, target.Pointer, Rows, gradient.Pointer);
        chain.Curvature(direction.Pointer, product.Pointer);
        Move(Width);
        var above = chain.Gradient(moved.Pointer, x.Pointer, target.Pointer, Rows, other.Pointer);
        using var below = new NativeBuffer(count);
        Move(-Width);
        var slope = (above - chain.Gradient(moved.Pointer, x.Pointer, target.Pointer, Rows, below.Pointer)) / (2 * Width);
        for (var i = 0; i < count; i++) expected += (double)gradient.Span[i] * direction.Span[i];
        Assert.Equal(expected, slope, 2e-3);
        for (var i = 0; i < count; i++)
        {
            var numeric = (other.Span[i] - below.Span[i]) / (2 * Width);
            Assert.True(
                Math.Abs(numeric - product.Span[i]) < 2e-2 + (2e-2 * Math.Abs(numeric)),
                $"curvature at {i}: expected {numeric}, got {product.Span[i]}");
        }

        void Move(float by)
        {
            for (var i = 0; i < count; i++) moved.Span[i] = values.Span[i] + (by * direction.Span[i]);
        }
    }

    [Fact]
    public void Second_order_meta_learning_adapts_better_than_first_order_and_both_far_better_than_the_start()
    {
        using var second = Trained(MetaMethod.Maml);
        using var first = Trained(MetaMethod.FirstOrderMaml);
        var (a, b) = (second.Evaluate(300, 10, 50, 7), first.Evaluate(300, 10, 50, 7));
        Assert.True(a[1] < b[1] && a[1] < 1.2 && a[10] < 0.7, $"after one step {a[1]} against {b[1]}, after ten {a[10]}");
        Assert.True(b[10] < 0.5 * b[0], $"first order went from {b[0]} to {b[10]}");
    }

    [Theory]
    [InlineData("Anil")]
    [InlineData("Reptile")]
    public void Every_method_learns_a_start_from_which_ten_steps_help(string method)
    {
        using var trainer = Trained(Enum.Parse<MetaMethod>(method));
        var errors = trainer.Evaluate(300, 10, 50, 7);
        Assert.True(errors[10] < 0.6 * errors[0], $"{method} went from {errors[0]} to {errors[10]}");
    }

    [Fact]
    public void The_same_seed_learns_the_same_start()
    {
        using var one = Trained(MetaMethod.Maml, 50);
        using var two = Trained(MetaMethod.Maml, 50);
        Assert.Equal(one.Values.ToArray(), two.Values.ToArray());
    }

    private static MetaTrainer Trained(MetaMethod method, int steps = 3_000)
    {
        var trainer = new MetaTrainer(
            new MetaSettings { Method = method, InnerSteps = method is MetaMethod.Reptile or MetaMethod.Anil ? 5 : 1 }, new SinusoidTasks());
        for (var i = 0; i < steps; i++) trainer.Step();
        return trainer;
    }

    private static NativeBuffer Filled(int count, SeededRandom random)
    {
        var buffer = new NativeBuffer(count);
        foreach (ref var value in buffer.Span) value = random.NextNormal();
        return buffer;
    }
}

using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export;

/// <summary>Several trained networks of one shape as one chain that gives the mean of their answers: members side by side as groups of
/// convolutions, so that one graph runs on the device and nothing is multiplied with zeros.</summary>
internal static class EnsembleBuilder
{
    /// <param name="members">Operations of each, from <see cref="OperationBuilder"/>; convolutions without groups or
    /// phases, activations, flattens and dense layers, with a dense layer last.</param>
    /// <returns>A single member as it is.</returns>
    /// <exception cref="NotSupportedException">A chain of another kind.</exception>
    public static IReadOnlyList<Operation> Average(IReadOnlyList<IReadOnlyList<Operation>> members)
    {
        if (members.Count == 1) return members[0];
        var result = new List<Operation>();
        var shape = members[0][0].Input;
        for (var i = 0; i < members[0].Count; i++)
        {
            var last = i == members[0].Count - 1;
            switch (members[0][i])
            {
                case ConvolutionOperation { Groups: 1, Phases: 1 } convolution when !last:
                    result.Add(SideBySide(members, i, shape, convolution, i == 0));
                    break;
                case ActivationOperation activation when !last:
                    result.Add(activation with { Input = shape, Output = shape });
                    break;
                case ReshapeOperation { Output.Length: 1 } when !last:
                    // A dense layer over all time steps is a convolution as long as the sequence: its weights already lie channel by channel.
                    continue;
                case DenseOperation dense when !last:
                    var whole = new ConvolutionOperation(dense.Input, dense.Output) { Weights = [], Bias = [], Kernel = shape.Length };
                    result.Add(SideBySide(members, i, shape, whole, i == 0));
                    break;
                case DenseOperation dense when last && shape.Length == 1:
                    result.Add(new ReshapeOperation(shape, shape));
                    result.Add(Mean(members, i, shape, dense));
                    break;
                default:
                    throw new NotSupportedException($"operation {i} ({members[0][i].GetType().Name}) cannot stand in an ensemble there");
            }

            shape = result[^1].Output;
        }

        return result;
    }

    private static ConvolutionOperation SideBySide(
        IReadOnlyList<IReadOnlyList<Operation>> members, int i, Shape input, ConvolutionOperation geometry, bool sharesInput) =>
        geometry with
        {
            Input = input,
            Output = new Shape(geometry.Output.Length, geometry.Output.Channels * members.Count),
            Weights = Joined(members, i, weighted => weighted.Weights),
            Bias = Joined(members, i, weighted => weighted.Bias),
            Groups = sharesInput ? 1 : members.Count,
        };

    private static DenseOperation Mean(IReadOnlyList<IReadOnlyList<Operation>> members, int i, Shape input, DenseOperation dense)
    {
        var (rows, columns) = (dense.Output.Channels, dense.Input.Channels);
        var weights = new float[rows * input.Channels];
        var bias = new float[rows];
        for (var m = 0; m < members.Count; m++)
        {
            var member = (IWeighted)members[m][i];
            for (var row = 0; row < rows; row++)
            {
                bias[row] += member.Bias[row] / members.Count;
                for (var c = 0; c < columns; c++)
                    weights[(row * input.Channels) + (m * columns) + c] = member.Weights[(row * columns) + c] / members.Count;
            }
        }

        return new DenseOperation(input, dense.Output) { Weights = weights, Bias = bias };
    }

    private static float[] Joined(IReadOnlyList<IReadOnlyList<Operation>> members, int i, Func<IWeighted, float[]> values) =>
        [.. members.SelectMany(member => values((IWeighted)member[i]))];
}

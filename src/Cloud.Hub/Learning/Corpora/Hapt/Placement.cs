using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora.Hapt;

/// <summary>The same recording from a phone that sits a little differently on its belt: a rotation about a random axis.</summary>
internal static class Placement
{
    /// <param name="deviation">Standard deviation of the angle, rad.</param>
    public static Recording Turned(Recording recording, double deviation, SeededRandom random)
    {
        var turn = Rotation([random.NextNormal(), random.NextNormal(), random.NextNormal()], deviation * random.NextNormal());
        var rows = recording.Channels[0].Length;
        var turned = new float[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            turned[axis] = new float[rows];
            for (var row = 0; row < rows; row++)
            {
                var sum = 0.0;
                for (var from = 0; from < 3; from++) sum += turn[axis, from] * recording.Channels[from][row];
                turned[axis][row] = (float)sum;
            }
        }

        return recording with { Channels = turned };
    }

    /// <summary>Rodrigues: I + sin a · K + (1 − cos a) · K².</summary>
    private static double[,] Rotation(double[] axis, double angle)
    {
        var length = Math.Max(1e-9, Math.Sqrt(axis.Sum(value => value * value)));
        var (x, y, z) = (axis[0] / length, axis[1] / length, axis[2] / length);
        var (sine, rest) = (Math.Sin(angle), 1 - Math.Cos(angle));
        return new[,]
        {
            { 1 - (rest * ((y * y) + (z * z))), (rest * x * y) - (sine * z), (rest * x * z) + (sine * y) },
            { (rest * x * y) + (sine * z), 1 - (rest * ((x * x) + (z * z))), (rest * y * z) - (sine * x) },
            { (rest * x * z) - (sine * y), (rest * y * z) + (sine * x), 1 - (rest * ((x * x) + (y * y))) },
        };
    }
}

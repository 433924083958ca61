using System.Text.Json;
using Hmas.Contracts.Models;

namespace Hmas.Inference;

/// <summary>What ONNX Runtime really executes of a model on this machine, node by node, after its optimisations.</summary>
public static class ModelProfile
{
    private const string KernelTime = "_kernel_time";

    /// <summary>Runs a model on the input of zeros, by a profile written into a folder of its own and deleted again.</summary>
    /// <param name="runs">How often it runs, at least 1; a node's time is the median.</param>
    /// <returns>In the order of execution.</returns>
    /// <exception cref="InferenceException">ONNX Runtime refuses the model.</exception>
    public static IReadOnlyList<NodeTime> Measure(ReadOnlySpan<byte> onnx, TensorSpec input, TensorSpec output, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        var folder = Directory.CreateTempSubdirectory("hmas-profile-");
        try
        {
            var settings = new SessionSettings { ProfilePrefix = Path.Combine(folder.FullName, "run") };
            using (var session = new ModelSession(onnx, input, output, settings))
            {
                for (var i = 0; i < runs; i++) session.Run();
            }

            return Read(File.ReadAllBytes(folder.GetFiles().Single().FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<NodeTime> Read(byte[] profile)
    {
        using var document = JsonDocument.Parse(profile);
        var nodes = new List<(string Name, string Operation, List<double> Times)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            var name = entry.GetProperty("name").GetString() ?? "";
            if (!name.EndsWith(KernelTime, StringComparison.Ordinal)) continue;
            name = name[..^KernelTime.Length];
            if (!places.TryGetValue(name, out var place))
            {
                places.Add(name, place = nodes.Count);
                nodes.Add((name, entry.GetProperty("args").GetProperty("op_name").GetString() ?? "", []));
            }

            nodes[place].Times.Add(entry.GetProperty("dur").GetDouble());
        }

        return nodes.ConvertAll(node => new NodeTime(node.Name, node.Operation, node.Times.Order().ElementAt(node.Times.Count / 2)));
    }
}

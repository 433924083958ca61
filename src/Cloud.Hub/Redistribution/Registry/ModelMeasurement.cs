using System.Diagnostics;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>What a registry finds out about a model by looking at it and running it once it comes in.</summary>
internal static class ModelMeasurement
{
    private const int Warmup = 10;
    private const int Runs = 41;

    /// <exception cref="FormatException">The graph cannot be read.</exception>
    /// <exception cref="InferenceException">The graph does not run.</exception>
    public static ModelFacts Of(ModelManifest manifest, ReadOnlySpan<byte> onnx)
    {
        var (opsets, operators) = OnnxFacts.Of(onnx);
        using var session = new ModelSession(onnx, manifest.Input, manifest.Output, new SessionSettings());
        var times = new double[Runs];
        for (var run = -Warmup; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            session.Run();
            if (run >= 0) times[run] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        Array.Sort(times);
        return new ModelFacts(opsets, operators, times[Runs / 2]);
    }
}

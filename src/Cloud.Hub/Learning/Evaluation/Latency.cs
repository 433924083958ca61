using System.Diagnostics;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Time of one inference of two models, measured in turns so that a busy machine treats both alike.</summary>
internal static class Latency
{
    private const int Warmup = 200;
    private const int Turns = 20;
    private const int RunsPerTurn = 50;

    /// <param name="settings">Of both sessions; null: a device's.</param>
    /// <returns>Best mean of a turn, µs.</returns>
    public static (double First, double Second) Compare(
        ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, TensorSpec input, TensorSpec output, SessionSettings? settings = null)
    {
        using var a = new ModelSession(first.Span, input, output, settings ?? new SessionSettings());
        using var b = new ModelSession(second.Span, input, output, settings ?? new SessionSettings());
        Turn(a, Warmup);
        Turn(b, Warmup);
        var (bestA, bestB) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var turn = 0; turn < Turns; turn++)
        {
            bestA = Math.Min(bestA, Turn(a, RunsPerTurn));
            bestB = Math.Min(bestB, Turn(b, RunsPerTurn));
        }

        return (bestA, bestB);
    }

    private static double Turn(ModelSession session, int runs)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++) session.Run();
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / runs;
    }
}

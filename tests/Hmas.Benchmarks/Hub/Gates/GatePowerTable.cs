using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>Windows until a gate of three groups tells a model that is so much worse, half of the time.</summary>
internal static class GatePowerTable
{
    public static void Print()
    {
        var stopsAt = GateMetric.All.Count * 3 / new GatePolicy().FalseStopRate;
        Console.WriteLine(
            "| worse than the limit by | alarm-rate, limit 10 %, control 5 % | shadow-alarms, limit 1 %, answers differ on 5 % | the same, limit 5 %, on 10 % | error, limit 5 %, control 10 % |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var excess in (double[])[0.01, 0.02, 0.05, 0.1, 0.2])
        {
            double Windows(MetricKind kind, double limit, double reference) =>
                SimulatedDevice.Episode * GatePower.Trials(kind, limit, excess, reference, stopsAt);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {excess:0 %} | {Windows(MetricKind.Difference, 0.1, 0.05):#,0} | {Windows(MetricKind.Paired, 0.01, 0.05):#,0} | {Windows(MetricKind.Paired, 0.05, 0.1):#,0} | {Windows(MetricKind.Difference, 0.05, 0.1):#,0} |"));
        }
    }
}

using System.Globalization;
using BenchmarkDotNet.Running;
using Hmas.Benchmarks.Agent;
using Hmas.Benchmarks.Deltas;
using Hmas.Benchmarks.Hub;
using Hmas.Benchmarks.Hub.Fleet;
using Hmas.Benchmarks.Hub.Gates;
using Hmas.Benchmarks.Learning;
using Hmas.Benchmarks.Storage;
using Hmas.Testing;

try
{
    return await RunAsync(args);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("stopped before the end");
    return 143;    // as a shell says of SIGTERM
}

static async Task<int> RunAsync(string[] args)
{
    switch (args)
    {
        case ["agent-figures", .. var chosen]:
            return await AgentFigures.RunAsync(chosen);
        case ["update-switch"]:
            return await UpdateSwitch.RunAsync();
        case ["archive-ingest", var folder]:
            return await ArchiveIngest.RunAsync(folder);
        case ["fleet-ingest", var broker]:
            return await FleetIngest.RunAsync(Enum.Parse<BrokerKind>(broker, ignoreCase: true));
        case ["deltas"]:
            return await DeltaSizes.RunAsync();
        case ["deltas", var old, var next]:
            return await DeltaSizes.RunAsync(old, next);
        case ["rollout-gates", .. var options]:
            return RolloutGates.Run(options);
        case ["rollout-plan", var devices]:
            return RolloutPlan.Run(int.Parse(devices, CultureInfo.InvariantCulture));
        case ["rollout-assign", var devices]:
            return await RolloutAssign.RunAsync(int.Parse(devices, CultureInfo.InvariantCulture));
        case ["rollout-fleet", var devices]:
            return await RolloutFleet.RunAsync(int.Parse(devices, CultureInfo.InvariantCulture));
        case ["unnamed-faults", .. var sites]:
            return UnnamedFaults.Run(sites);
        case ["training-peer" or "quantization" or "skab-fits" or "meta-learning" or "search", .. var filter]:
            return LearningFigures.Run(args[0], filter.FirstOrDefault(""));
        default:
            BenchmarkSwitcher.FromAssembly(typeof(ArchiveIngest).Assembly).Run(args);
            return 0;
    }
}

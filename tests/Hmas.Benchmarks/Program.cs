using BenchmarkDotNet.Running;
using Hmas.Benchmarks.Learning;
using Hmas.Benchmarks.Storage;

switch (args)
{
    case ["archive-ingest", var folder]:
        return await ArchiveIngest.RunAsync(folder);
    case ["training", var peer]:
        return await TrainingSpeed.RunAsync(peer);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ArchiveIngest).Assembly).Run(args);
        return 0;
}

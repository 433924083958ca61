using BenchmarkDotNet.Running;
using Hmas.Benchmarks.Storage;

switch (args)
{
    case ["archive-ingest", var folder]:
        return await ArchiveIngest.RunAsync(folder);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ArchiveIngest).Assembly).Run(args);
        return 0;
}

using Hmas.Benchmarks.Storage;

switch (args)
{
    case ["archive-ingest", var folder]:
        return await ArchiveIngest.RunAsync(folder);
    case []:
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: Hmas.Benchmarks archive-ingest FOLDER");
        return 2;
}

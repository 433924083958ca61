using Hmas.Trust.UpdateFramework;
using Trust.Cli;

const string Usage = """
    Brings signed files of a repository (The Update Framework) to this machine, and refuses what is not signed, old or someone else's.

    hmas-tuf --metadata-dir D init ROOT
    hmas-tuf --metadata-dir D --metadata-url U refresh
    hmas-tuf --metadata-dir D --metadata-url U --target-name N --target-base-url B --target-dir T download

    --metadata-dir D      folder of what is trusted; init writes ROOT, the first root's file, into it
    --metadata-url U      where the metadata is; several times: mirrors, tried in order
    --target-name N       path of a file to download; may be given several times
    --target-base-url B   where the files are; several times: mirrors, tried in order
    --target-dir T        folder that receives them
    Exit code 0: all done. 1: anything else; stderr says what.
    """;

if (args is ["--help" or "-h" or "help"])
{
    Console.WriteLine(Usage);
    return 0;
}

try
{
    using var interrupt = new CancellationTokenSource();
    Console.CancelKeyPress += (_, pressed) =>
    {
        pressed.Cancel = true;
        interrupt.Cancel();
    };
    await Commands.RunAsync(Arguments.Parse(args), TimeProvider.System, interrupt.Token);
    return 0;
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync($"hmas-tuf: {e.Message}\n{Usage}");
    return 1;
}
catch (UpdateException e)
{
    await Console.Error.WriteLineAsync($"hmas-tuf: {e.Reason}: {e.Message}");
    return 1;
}
catch (Exception e)
{
    // Whatever it is, a caller must be able to rely on 0 and 1: an unhandled exception would end with 134.
    await Console.Error.WriteLineAsync($"hmas-tuf: {e.GetType().Name}: {e.Message}");
    return 1;
}

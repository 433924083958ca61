using System.Diagnostics;
using Hmas.Testing;

namespace Hmas.Benchmarks.Deltas;

/// <summary>What other people's programs make of the same two files, in bytes.</summary>
internal static class Peers
{
    public static readonly (string Name, Func<string, string, string, string[]> Command)[] All =
    [
        ("xdelta3 -9", static (old, next, delta) => ["xdelta3", "-9", "-S", "lzma", "-e", "-f", "-s", old, next, delta]),
        ("bsdiff", static (old, next, delta) => ["bsdiff", old, next, delta]),
        ("zstd --patch-from", static (old, next, delta) => ["zstd", "-q", "-f", "--ultra", "-22", $"--patch-from={old}", next, "-o", delta]),
    ];

    public static async Task<long> BytesAsync(Func<string, string, string, string[]> command, byte[] old, byte[] next)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("old"), old);
        await File.WriteAllBytesAsync(folder.File("new"), next);
        var words = command(folder.File("old"), folder.File("new"), folder.File("delta"));
        using var process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? new FileInfo(folder.File("delta")).Length : throw new InvalidOperationException($"{words[0]} ended with exit code {process.ExitCode}");
    }
}

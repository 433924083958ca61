using System.Globalization;
using System.Threading.Channels;
using Edge.Agent.Hosting.Native;

namespace Edge.Agent.Hosting;

/// <summary>Keeps the process small: one malloc arena, and after the start and each model change the memory
/// that only those steps needed goes back to the kernel.</summary>
/// <remarks>
/// Much of a program's code and constants is read once, while it starts or builds a session (of ONNX
/// Runtime some 13 MB, of the agent 4). The kernel may drop such
/// clean pages of files at any time; asked once, it does so now, and a page that is needed after all
/// comes back from the page cache. Only mappings of files that
/// cannot be written and hold no page of their own are given up: what the loader relocated is not
/// in the file, so it would be lost. What it saves is in
/// docs/benchmarks.md.
/// </remarks>
internal sealed class MemoryDiet(TimeProvider time)
{
    private const int BigBlock = 128 << 10;

    /// <summary>So long after the last step: by then its work is done.</summary>
    private static readonly TimeSpan After = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _steps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Before any thread starts: every thread with an arena of its own keeps what it once freed.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsLinux()) return;
        _ = LibC.SetAllocator(LibC.MaxArenas, 1);
        _ = LibC.SetAllocator(LibC.MapThreshold, BigBlock);
        _ = LibC.SetAllocator(LibC.TrimThreshold, BigBlock);
    }

    /// <summary>A step that needed much memory was done. Any thread.</summary>
    public void Soon() => _steps.Writer.TryWrite(true);

    /// <summary>Trims once after the start and once after each step.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux()) return;
        do
        {
            await Task.Delay(After, time, ct);
            while (_steps.Reader.TryRead(out _))
            {
                // Steps told meanwhile are done too.
            }

            Trim();
        }
        while (await _steps.Reader.WaitToReadAsync(ct));
    }

    private static void Trim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = LibC.TrimHeap(0);
        foreach (var (from, to) in CleanFilePages(File.ReadLines("/proc/self/smaps"))) _ = LibC.Advise(from, (nuint)(to - from), LibC.DontNeed);
    }

    /// <summary>Of <c>/proc/self/smaps</c> (proc(5)) the ranges that are mapped privately from a file,
    /// cannot be written, and hold what the file holds.</summary>
    internal static IEnumerable<(nint From, nint To)> CleanFilePages(IEnumerable<string> lines)
    {
        (nint From, nint To)? mapping = null;
        foreach (var line in lines)
        {
            if (TryReadMapping(line, out var from, out var to, out var isReadOnlyFile)) mapping = isReadOnlyFile ? (from, to) : null;
            // Pages that were written since, by the loader before it took the right to write away.
            else if (mapping is { } known && line.StartsWith("Anonymous:", StringComparison.Ordinal)
                && line.EndsWith(" 0 kB", StringComparison.Ordinal))
                yield return known;
        }
    }

    /// <summary>The first line of a mapping: <c>from-to rwxp offset device inode path</c>.</summary>
    private static bool TryReadMapping(string line, out nint from, out nint to, out bool isReadOnlyFile)
    {
        (from, to) = (0, 0);
        var dash = line.IndexOf('-', StringComparison.Ordinal);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var rest = space > 0 ? line.AsSpan(space) : default;
        isReadOnlyFile = (rest.StartsWith(" r-xp ", StringComparison.Ordinal) || rest.StartsWith(" r--p ", StringComparison.Ordinal))
            && rest.Contains(" /", StringComparison.Ordinal);
        return space > dash && dash > 0
            && nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out from)
            && nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out to);
    }
}

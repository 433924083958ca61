using System.Globalization;
using System.Threading.Channels;
using Edge.Agent.Hosting.Native;

namespace Edge.Agent.Hosting;

/// <summary>Keeps the process small: one malloc arena, and after the start and each model change the memory that only those steps needed goes back to the kernel.</summary>
/// <remarks>
/// Much of a native library's code runs once, while it starts or builds a session (of ONNX Runtime some 11 MB). The kernel may drop such clean pages of files at
/// any time; asked once, it does so now, and a page that is needed after all comes back from the page cache. Executable mappings of files alone are given up: they
/// are never written, so nothing can be lost. What it saves is in docs/benchmarks.md.
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
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            if (TryReadCode(line, out var from, out var to)) _ = LibC.Advise(from, (nuint)(to - from), LibC.DontNeed);
        }
    }

    /// <summary>The range of a line of <c>/proc/self/maps</c> (proc(5)) when it is code of a file, mapped privately and not writable.</summary>
    internal static bool TryReadCode(string line, out nint from, out nint to)
    {
        (from, to) = (0, 0);
        var dash = line.IndexOf('-', StringComparison.Ordinal);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return dash > 0 && space > dash && line.AsSpan(space).StartsWith(" r-xp ", StringComparison.Ordinal) && line.Contains(" /", StringComparison.Ordinal)
            && nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out from)
            && nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out to);
    }
}

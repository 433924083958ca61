using System.Diagnostics;

namespace Hmas.Testing;

/// <summary>The child program (tests/Hmas.Testing.Child) as a process of its own, which a test may kill.</summary>
public sealed class ChildProgram : IDisposable
{
    private readonly Process _process;

    /// <param name="arguments">The child's verb and its arguments.</param>
    /// <param name="under">A tracer and its arguments, put before the child; empty: none.</param>
    public ChildProgram(IReadOnlyList<string> arguments, params IReadOnlyList<string> under)
    {
        List<string> line = [.. under, "dotnet", Path.Combine(AppContext.BaseDirectory, "Hmas.Testing.Child.dll"), .. arguments];
        var start = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
    }

    /// <summary>Null at the end of its output.</summary>
    public Task<string?> ReadLineAsync(CancellationToken cancellation) => _process.StandardOutput.ReadLineAsync(cancellation).AsTask();

    /// <summary>SIGKILL: nothing of the program runs any more.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}

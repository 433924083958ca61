using System.Diagnostics;

namespace Operator.Cli.Demo.Site;

/// <summary>A program of the demo with its output in a file; stopped with SIGTERM, then by force.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly string _name;

    private ChildProcess(string name, Process process, StreamWriter log)
    {
        _name = name;
        _process = process;
        _log = log;
        LogFile = ((FileStream)log.BaseStream).Name;
    }

    public string LogFile { get; }

    /// <summary>Memory it holds now, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    public static ChildProcess Start(
        string name, string program, IEnumerable<string> arguments, string logFile, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        var log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(name, process, log);
    }

    /// <exception cref="InvalidOperationException">It has ended; the message holds the last lines of its log.</exception>
    public void RequireRunning()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"{_name} ended with exit code {_process.ExitCode}:\n{string.Join('\n', Tail(15))}");
    }

    /// <summary>Runs to the end; the exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    public IReadOnlyList<string> Tail(int lines)
    {
        lock (_log)
        {
            using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines)];
        }
    }

    /// <summary>SIGKILL.</summary>
    /// <returns>False: it had ended.</returns>
    public bool Kill()
    {
        try
        {
            if (_process.HasExited) return false;
            _process.Kill();
            return true;
        }
        catch (InvalidOperationException)
        {
            // It has just ended, or somebody let go of it.
            return false;
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        lock (_log) _log.Dispose();
    }

    private static void Write(StreamWriter log, string? line)
    {
        if (line is null) return;
        lock (log)
        {
            if (log.BaseStream.CanWrite) log.WriteLine(line);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Edge.Agent.Hosting.Status;
using Hmas.Testing;

namespace Hmas.Benchmarks.Agent;

/// <summary>The published agent as a process of its own, and what the kernel says of it.</summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private const string SocketName = "status.sock";
    private const string LogName = "agent.log";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly string _socket;
    private readonly string _log;

    private AgentUnderTest(Process process, string folder)
    {
        _process = process;
        _socket = Path.Combine(folder, SocketName);
        _log = Path.Combine(folder, LogName);
        StartedAt = Stopwatch.GetTimestamp();
    }

    public static string Program => Path.Combine(Repository.Root, "artifacts", "publish", "agent", "hmas-agent");

    /// <summary>Just after the process was made.</summary>
    public long StartedAt { get; }

    public double ResidentMb => Field("status", "VmRSS:") * 1024 / 1e6;

    /// <summary>Resident pages that are its own, not a file's.</summary>
    public double OwnMb => Field("status", "RssAnon:") * 1024 / 1e6;

    /// <summary>Bytes it had the kernel bring to storage.</summary>
    public long WrittenBytes => Field("io", "write_bytes:");

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="settings">Its YAML; the status socket is put below the folder.</param>
    public static AgentUnderTest Start(string folder, string settings)
    {
        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(file, $"{settings}\nstatus:\n  socket: {Path.Combine(folder, SocketName)}\n");
        // As under systemd another process writes the log: its blocks are not the agent's.
        var pipe = Path.Combine(folder, "log.pipe");
        var start = new ProcessStartInfo("/bin/sh", [
            "-c",
            $"rm -f '{pipe}'; mkfifo '{pipe}'; cat < '{pipe}' >> '{Path.Combine(folder, LogName)}' & exec '{Program}' run --settings '{file}' > '{pipe}' 2>&1"]);
        return new AgentUnderTest(Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start"), folder);
    }

    /// <summary>The first status that fulfils the condition.</summary>
    /// <exception cref="InvalidOperationException">The agent ended, or the condition did not come true in time.</exception>
    public async Task<AgentStatus> UntilAsync(Func<AgentStatus, bool> condition)
    {
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"the agent ended with code {_process.ExitCode}: {LogTail()}");
            if (Stopwatch.GetElapsedTime(from) > Limit)
                throw new InvalidOperationException($"the agent did not come that far in {Limit}: {LogTail()}");
            try
            {
                var status = await StatusSocket.ReadAsync(_socket, default);
                if (condition(status)) return status;
            }
            catch (SocketException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Share of one core over this time, per cent.</summary>
    public async Task<double> ProcessorShareAsync(TimeSpan over)
    {
        var before = ProcessorTime;
        var from = Stopwatch.GetTimestamp();
        await Task.Delay(over, TimeProvider.System);
        return 100 * (ProcessorTime - before) / Stopwatch.GetElapsedTime(from);
    }

    public async ValueTask DisposeAsync()
    {
        using (var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await terminate.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string LogTail() => string.Join('\n', File.ReadLines(_log).TakeLast(10));

    private long Field(string file, string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/{file}").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}

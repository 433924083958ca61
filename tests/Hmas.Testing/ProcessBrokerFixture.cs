using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Hmas.Testing;

/// <summary>A broker that runs as a process of its own, with its files in a temp folder.</summary>
public abstract class ProcessBrokerFixture : BrokerFixture
{
    private readonly StringBuilder _output = new();
    private Process? _process;

    public override bool KeepsState => true;

    protected TempFolder Folder { get; } = new();

    protected override bool HasFailed => _process is null or { HasExited: true };

    protected override string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Stops it in the middle of whatever it does: it keeps its connections and answers nothing.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public override async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    protected override ValueTask CleanAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    protected void Launch(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment) =>
        _process = Spawn(program, arguments, environment);

    protected Process Spawn(string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(
            program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder.Path };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            // Enough to see why it did not start.
            if (_output.Length < 64 << 10) _output.AppendLine(line);
        }
    }

    private void Signal(string name) => Tool.RunAsync("kill", $"-{name}", _process!.Id.ToString(CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
}

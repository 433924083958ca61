using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hmas.Testing;

namespace Hmas.System.Tests.Agent;

/// <summary>The native agent that <c>./hmas publish</c> made, as a process of its own.</summary>
internal sealed class AgentProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly List<(string Text, TaskCompletionSource Said)> _awaited = [];

    private AgentProgram(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginErrorReadLine();
    }

    public static string Program { get; } = Path.Combine(Repository.Root, "artifacts/publish/agent/hmas-agent");

    /// <param name="environment">Beside the tests' own.</param>
    public static AgentProgram Start(string settings, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = Arguments("run", "--settings", settings);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new AgentProgram(Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start"));
    }

    /// <summary>Runs to its end.</summary>
    public static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(Arguments(arguments));

    public static async Task<(int Code, string Output, string Error)> RunAsync(ProcessStartInfo start)
    {
        var end = await Tool.TryAsync(start);
        return (end.Code, end.Output, end.Error);
    }

    public static ProcessStartInfo Arguments(params string[] arguments)
    {
        if (!File.Exists(Program)) throw new InvalidOperationException($"{Program} is not there: run ./hmas publish");
        return new ProcessStartInfo(Program, arguments) { RedirectStandardError = true };
    }

    /// <summary>Returns when its log has said this, now or before.</summary>
    public async Task SaidAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_log)
        {
            if (_log.ToString().Contains(text, StringComparison.Ordinal)) return;
            _awaited.Add((text, said));
        }

        try
        {
            await said.Task.InTimeAsync();
        }
        catch (TimeoutException)
        {
            lock (_log) Assert.Fail($"the agent did not say '{text}' in {Eventually.Limit}: {_log}");
        }
    }

    /// <summary>Asks it to end, as systemd does.</summary>
    /// <returns>Its exit code and its whole log.</returns>
    public async Task<(int Code, string Log)> StopAsync()
    {
        await Tool.RunAsync("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);
        lock (_log) return (_process.ExitCode, _log.ToString());
    }

    public static async Task<JsonElement> StatusAsync(string socket)
    {
        var (code, output, error) = await RunAsync("status", "--json", "--socket", socket);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
            if (line is null) return;
            foreach (var (text, said) in _awaited)
            {
                if (line.Contains(text, StringComparison.Ordinal)) said.TrySetResult();
            }
        }
    }
}

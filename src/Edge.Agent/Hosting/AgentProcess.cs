using Edge.Agent.Hosting.CommandLine;
using Edge.Agent.Settings;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>The agent from its start to its end; a failure that it cannot live with ends the
/// program with exit code 1, and systemd starts it anew.</summary>
internal static class AgentProcess
{
    /// <summary>The program's exit code.</summary>
    public static async Task<int> RunAsync(AgentSettings settings, RunMode mode, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        try
        {
            using var systemd = new SystemdNotifier(
                Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), Environment.GetEnvironmentVariable("WATCHDOG_USEC"));
            await using var agent = await AgentRuntime.CreateAsync(settings, systemd, time, loggers, ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var ending = mode.ExitAtEnd ? StopAtEndAsync(agent, stop) : Task.CompletedTask;
            var restarting = agent.RestartWanted.ContinueWith(
                _ => stop.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
            await agent.RunAsync(stop.Token);
            await ending;
            if (agent.RestartWanted.IsCompleted) await restarting;
            return 0;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
            return 0;
        }
        catch (StorageException error) when (error.Reason == StorageReason.Busy)
        {
            loggers.CreateLogger("Edge.Agent").StateFolderInUse(settings.Device.StateFolder);
            return 1;
        }
        catch (Exception error)
        {
            // The last place before the process ends: what no loop could live with is said once, with its cause.
            loggers.CreateLogger("Edge.Agent").AgentFailed(error, error.Message);
            return 1;
        }
    }

    private static async Task StopAtEndAsync(AgentRuntime agent, CancellationTokenSource stop)
    {
        await agent.StreamEnded.WaitAsync(stop.Token)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (!stop.IsCancellationRequested) await agent.DrainedAsync(stop.Token);
        await stop.CancelAsync();
    }
}

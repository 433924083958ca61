using Edge.Agent.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Runs the agent under the host; a failure that it cannot live with stops the program with exit code 1, and systemd starts it anew.</summary>
internal sealed class AgentService(AgentSettings settings, RunMode mode, TimeProvider time, ILoggerFactory loggers, IHostApplicationLifetime lifetime) : BackgroundService
{
    public int ExitCode { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var systemd = new SystemdNotifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), Environment.GetEnvironmentVariable("WATCHDOG_USEC"));
        try
        {
            await using var agent = await AgentRuntime.CreateAsync(settings, systemd, time, loggers, stoppingToken);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var ending = mode.ExitAtEnd ? StopAtEndAsync(agent, stop) : Task.CompletedTask;
            await agent.RunAsync(stop.Token);
            await ending;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception error)
        {
            // The last place before the process ends: what no loop could live with is said once, with its cause.
            ExitCode = 1;
            loggers.CreateLogger<AgentService>().AgentFailed(error, error.Message);
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private static async Task StopAtEndAsync(AgentRuntime agent, CancellationTokenSource stop)
    {
        await agent.StreamEnded.WaitAsync(stop.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (!stop.IsCancellationRequested) await agent.DrainedAsync(stop.Token);
        await stop.CancelAsync();
    }
}

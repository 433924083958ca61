using Operator.Cli.Hub;
using Operator.Cli.Demo.Progress;
using Operator.Cli.Demo.Site;

namespace Operator.Cli.Demo;

/// <summary>Follows a rollout and tells each step of its groups.</summary>
internal sealed class RolloutWatch(DemoSite site, ProgressView view, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    /// <summary>Three groups, each of which a gate gives three minutes at most.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <param name="digest">Model of the rollout; it may not have begun yet.</param>
    public async Task<RolloutAnswer> UntilEndedAsync(string digest, CancellationToken cancellation)
    {
        var said = new HashSet<string>();
        var started = time.GetTimestamp();
        while (true)
        {
            site.RequireRunning();
            if (time.GetElapsedTime(started) > Limit)
                throw new TimeoutException($"the rollout of {digest} has not ended after {Limit.TotalMinutes:0} minutes");
            var rollout = (await site.Api.RolloutsAsync(cancellation)).FirstOrDefault(candidate => candidate.Request.Digest == digest);
            if (rollout is not null)
            {
                Tell(rollout, said);
                if (rollout.HasEnded) return rollout;
            }

            await Task.Delay(Glance, time, cancellation);
        }
    }

    private void Tell(RolloutAnswer rollout, HashSet<string> said)
    {
        var passed = rollout.Groups.Count(group => group.State == "passed");
        foreach (var group in rollout.Groups)
        {
            if (group.State == "waiting" || !said.Add($"{group.Name} {group.State}")) continue;
            view.Report((double)passed / rollout.Groups.Count, $"group {group.Name} ({group.Devices.Count} devices): {group.State}");
        }

        if (rollout.State != "running" && said.Add(rollout.State))
            view.Report(1, $"rollout {rollout.State}{(rollout.StoppedBy is { } by ? $", stopped by {by}" : "")}");
    }
}

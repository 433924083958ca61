using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary>Prints what happens to a rollout until it ends, a line for each transition.</summary>
internal static class RolloutFollower
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <returns>0 when it completed or is open for devices that come, 2 when it ended in another way.</returns>
    public static async Task<int> RunAsync(HubApi api, string rolloutId, TimeProvider time, CancellationToken cancellation)
    {
        var told = 0;
        while (true)
        {
            var rollout = await api.RolloutAsync(rolloutId, cancellation);
            foreach (var transition in rollout.Transitions.Skip(told)) Tables.Say(RolloutStory.Line(transition));
            told = rollout.Transitions.Count;
            if (rollout.HasEnded || rollout.OpenSince is not null)
            {
                Tables.Say(RolloutStory.Verdict(rollout));
                return rollout.State == "completed" || !rollout.HasEnded ? 0 : 2;
            }

            await Task.Delay(LookInterval, time, cancellation);
        }
    }
}

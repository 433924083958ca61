using Cloud.Hub.Redistribution.Contract;
using Orleans.Concurrency;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>One rollout, by its id: one turn at a time, its state on disk before anything is done because of it.</summary>
internal interface IRolloutGrain : IGrainWithStringKey
{
    /// <summary>Writes a new rollout; refused when another has taken one of its devices just now.</summary>
    /// <remarks>Not copied, and not read back: it names every device.</remarks>
    Task<Immutable<CommandResult>> BeginAsync(Immutable<RolloutState> rollout);

    /// <summary>Null when it never began.</summary>
    /// <remarks>Not copied: it names every device.</remarks>
    Task<Immutable<RolloutView?>> ViewAsync();

    Task<CommandResult> CommandAsync(RolloutCommand command, string who);

    Task<CommandResult> RestoreGroupAsync(string group, string who);

    /// <summary>Lets devices go that a rollout of higher priority wants, as far as <see cref="RolloutHolds.Yield"/> says.</summary>
    Task YieldAsync(Immutable<IReadOnlySet<string>> devices, string to);

    /// <summary>Takes in what devices said since the last look, looks at the fleet and moves on.</summary>
    /// <remarks>A look at a large fleet on a busy machine may take minutes, and goes on when whoever asked has given up: the next one would
    /// queue behind it.</remarks>
    [ResponseTimeout("00:10:00")]
    Task LookAsync();
}

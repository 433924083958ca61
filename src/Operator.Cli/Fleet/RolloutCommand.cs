using System.CommandLine;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas rollout</c>: bringing a model to devices, watching it, and taking it back.</summary>
internal static class RolloutCommand
{
    private static readonly (string Name, string Description)[] Orders =
    [
        ("approve", "Says yes to one that needs it; not by whoever requested it"),
        ("trigger", "Begins the next group that waits for a person"),
        ("pause", "Begins no further group until resumed; harm still stops it"),
        ("resume", "Goes on after a pause"),
        ("retry", "Tells devices that could not get the package once more"),
        ("cancel", "Stops where it is; devices keep what they have"),
        ("force", "Ends a restore that waits for devices which are away; what they go back to stays in their desired state"),
    ];

    public static Command Create()
    {
        var command = new Command(
            "rollout", "Bring a model to devices, group by group, behind gates") { RolloutStart.Create(), List(), Explain(), Watch(), Restore() };
        foreach (var (name, description) in Orders) command.Subcommands.Add(Order(name, description));
        return command;
    }

    private static Command List()
    {
        var hub = new HubConnection();
        var limit = new Option<int>(
            "--limit") { HelpName = "number", Description = "So many at most, 1 to 1000", DefaultValueFactory = static _ => 100 };
        var before = new Option<string?>(
            "--before") { HelpName = "rollout", Description = "Only those begun before this one: the last of the page before" };
        var command = hub.AddTo(new Command("list", "Rollouts, newest first") { limit, before });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var rollouts = await api.RolloutsAsync(parsed.GetValue(before), parsed.GetValue(limit), cancellation);
            var names = await ModelsCommand.NamesAsync(api, cancellation);
            Tables.Print(
                ["rollout", "state", "model", "groups", "changed", "started", "by", "why"],
                rollouts.Select(rollout => (string[])
                [
                    rollout.RolloutId, State(rollout),
                    names.GetValueOrDefault(rollout.Request.Digest) ?? Words.Digest(rollout.Request.Digest),
                    string.Join(", ", rollout.Groups.Select(static group => $"{group.Name} {group.State}")),
                    $"{rollout.Devices.Count(static device => device.Touched && !device.Restored)} of {rollout.Devices.Count()}",
                    Words.Time(rollout.StartedAt), rollout.Request.RequestedBy, Words.Short(rollout.Request.Reason),
                ]),
                "no rollout yet: ./hmas rollout start MODEL --reason WHY");
            return 0;
        }));
        return command;
    }

    private static string State(RolloutAnswer rollout) => rollout switch
    {
        { StoppedBy: { } by } => $"{rollout.State} ({by})",
        { Request.Continuous: true, HasEnded: false } => $"{rollout.State}, {(rollout.OpenSince is null ? "continuous" : "open")}",
        _ => rollout.State,
    };

    private static Command Explain()
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var command = hub.AddTo(new Command("explain", "Why each group advanced, waited or stopped, with the evidence") { id });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            RolloutStory.Print(await api.RolloutAsync(parsed.GetRequiredValue(id), cancellation));
            return 0;
        }));
        return command;
    }

    private static Command Watch()
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var command = hub.AddTo(new Command("watch", "Follow a rollout to its end, a continuous one until it is open; exit code 0 when it completed, or is open") { id });
        command.SetAction((
            parsed, cancellation) => hub.RunAsync(
                parsed, api => RolloutFollower.RunAsync(api, parsed.GetRequiredValue(id), TimeProvider.System, cancellation)));
        return command;
    }

    private static Command Restore()
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var group = new Option<string?>(
            "--group") { HelpName = "name", Description = "Only the devices of this group; the others keep what they have [default: every changed device]" };
        var command = hub.AddTo(new Command("restore", "Takes changed devices back to what they had") { id, group });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var rollout = parsed.GetValue(group) is { } name
                ? await api.RestoreGroupAsync(parsed.GetRequiredValue(id), name, cancellation)
                : await api.OrderAsync(parsed.GetRequiredValue(id), "restore", cancellation);
            Console.WriteLine($"{rollout.RolloutId} is {rollout.State}");
            return 0;
        }));
        return command;
    }

    private static Command Order(string name, string description)
    {
        var hub = new HubConnection();
        var id = Id(hub);
        var command = hub.AddTo(new Command(name, description) { id });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var rollout = await api.OrderAsync(parsed.GetRequiredValue(id), name, cancellation);
            Console.WriteLine($"{rollout.RolloutId} is {rollout.State}");
            return 0;
        }));
        return command;
    }

    private static Argument<string> Id(HubConnection hub) => hub.Complete(
        new Argument<string>("rollout") { Description = "Its id, from hmas rollout list" },
        static async (api, cancellation) => (await api.RolloutsAsync(cancellation)).Select(static rollout => rollout.RolloutId));
}

using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Hmas.Benchmarks.Hub.Fleet;

/// <summary>Prints what a rollout does while it runs, and at its end a row for each group.</summary>
internal sealed class FleetWatch : IAsyncDisposable
{
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(10);

    private readonly SimulatedHub _hub;
    private readonly IReadOnlyDictionary<string, SimulatedAgent> _agents;
    private readonly string _digest;
    private readonly EventBus.Subscription _subscription;
    private readonly Task _listening;
    private readonly List<Task> _waiting = [];
    private readonly Dictionary<string, (TimeSpan Processor, int Answering)> _passed = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;
    private readonly TaskCompletionSource _followed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<GroupWatch> _groups = [];
    private string _rolloutId = "";
    private TimeSpan _said;

    private FleetWatch(SimulatedHub hub, IReadOnlyList<SimulatedAgent> agents, string digest)
    {
        (_hub, _digest) = (hub, digest);
        _agents = agents.ToDictionary(static agent => agent.DeviceId, StringComparer.Ordinal);
        _subscription = hub.Get<EventBus>().Subscribe("benchmark", static happened => happened is RolloutTransitioned);
        _listening = Task.Run(ListenAsync);
    }

    public TimeSpan Elapsed => _clock.Elapsed;

    public bool HasEnded { get; private set; }

    public static FleetWatch Begin(SimulatedHub hub, IReadOnlyList<SimulatedAgent> agents, string digest) => new(hub, agents, digest);

    /// <summary>The rollout to watch, once it is made.</summary>
    public void Follow(RolloutView rollout)
    {
        _rolloutId = rollout.RolloutId;
        _groups = [.. rollout.Groups.Select(group => new GroupWatch(
            group.Name,
            [.. group.Devices.OrderBy(static device => device.DeviceId, StringComparer.Ordinal).Select(device => _agents[device.DeviceId])]))];
        _followed.SetResult();
    }

    /// <summary>A turn of all devices is over.</summary>
    public void Turned(int turn)
    {
        if (Elapsed - _said < Progress) return;
        _said = Elapsed;
        var groups = string.Join(", ", _groups.Select(group => $"{group.Name} {group.Answering(_digest)} of {group.Devices}"));
        Say($"turn {turn}; answering: {groups}; {_agents.Values.Sum(static agent => agent.Waiting)} facts not acknowledged");
    }

    /// <param name="rollout">As it ended.</param>
    public async Task PrintAsync(RolloutView rollout)
    {
        await Task.WhenAll(_waiting);
        Console.WriteLine(
            "| group | devices | assigned | answering when it passed | verdict before to last on disk, s | of processor, all included, since that verdict was on disk, s | verdict before to last told, s | from first told to passed, s | of processor, s |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        var (decided, processor) = (rollout.StartedAt, TimeSpan.Zero);
        foreach (var group in _groups)
        {
            var moves = rollout.Transitions.Where(move => move.Group == group.Name).ToList();
            if (moves.Find(static move => move.From == GroupState.Waiting) is not { } told
                || moves.Find(static move => move.To == GroupState.Passed) is not { } passed || !_passed.TryGetValue(group.Name, out var at)) return;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {group.Name} | {group.Devices} | {group.Assigned} | {at.Answering} | {(group.Durable - decided)?.TotalSeconds:0.00} | {(group.Processor - _processor - processor).TotalSeconds:0.00} | {(group.Heard - decided)?.TotalSeconds:0.00} | {(passed.At - told.At).TotalSeconds:0.0} | {(at.Processor - processor).TotalSeconds:0.0} |"));
            (decided, processor) = (passed.At, at.Processor);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        _followed.TrySetResult();
        await _listening;
    }

    private async Task ListenAsync()
    {
        await foreach (var happened in _subscription.Events.ReadAllAsync())
        {
            var move = (RolloutTransitioned)happened;
            await _followed.Task;
            Say($"{(move.Group.Length == 0 ? "rollout" : move.Group)}: {move.From} to {move.To}: {move.Reason}");
            if (_groups.FirstOrDefault(group => group.Name == move.Group) is { } group)
            {
                if (move.From == GroupState.Waiting) _waiting.Add(group.AwaitDurableAsync(_hub.Get<IFleet>(), _rolloutId, _hub.Stopping));
                if (move.To == GroupState.Passed) _passed[group.Name] = (Environment.CpuUsage.TotalTime - _processor, group.Answering(_digest));
            }

            if (move.To is RolloutState.Completed or RolloutState.Restored or RolloutState.Cancelled) HasEnded = true;
        }
    }

    private void Say(string what) => Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Elapsed.TotalSeconds,7:0.0} s, {(Environment.CpuUsage.TotalTime - _processor).TotalSeconds,7:0.0} s of processor  {what}"));
}

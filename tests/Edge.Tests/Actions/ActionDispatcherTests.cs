using System.Device.Gpio;
using System.Text.Json;
using System.Threading.Channels;
using Edge.Agent.Actions;
using Edge.Agent.Actions.Actuators;
using Edge.Agent.Reasoning;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Actions;

public sealed class ActionDispatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ActionOptions _options = new() { RateLimit = 2 };

    [Fact]
    public async Task A_command_reaches_its_actuator_and_a_stop_brings_the_safe_state()
    {
        var settings = new List<float>();
        var results = await Run([new SimulatedDrive("valve", safe: 1, settings.Add)], Request("valve", "set", 0.25f));
        Assert.Equal((ActionOutcome.Done, "at 0.25"), (results[0].Outcome, results[0].Detail));
        Assert.Equal([0.25f, 1f], settings);
    }

    [Fact]
    public async Task A_refused_command_is_reported_and_leads_to_the_safe_state()
    {
        var settings = new List<float>();
        var results = await Run([new SimulatedDrive("valve", safe: 1, settings.Add)], Request("valve", "set", 7));
        Assert.Equal(ActionOutcome.Failed, results[0].Outcome);
        Assert.Contains("between 0 and 1", results[0].Detail!, StringComparison.Ordinal);
        Assert.Equal([1f, 1f], settings);
    }

    [Fact]
    public async Task Commands_beyond_the_rate_are_refused_but_the_safe_state_never_is()
    {
        var results = await Run(
            [new SimulatedDrive("pump", safe: 0)],
            Request("pump", "start"), Request("pump", "stop"), Request("pump", "start"), Request("pump", RuleCompiler.SafeCommand));
        Assert.Equal(
            [ActionOutcome.Done, ActionOutcome.Done, ActionOutcome.RateLimited, ActionOutcome.Done], results.Select(result => result.Outcome));
    }

    [Fact]
    public async Task An_actuator_that_hangs_is_left_behind_after_the_time_limit()
    {
        var stuck = new StuckActuator();
        var result = new TaskCompletionSource<ActionResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new CountedTimers();
        var dispatcher = new ActionDispatcher([stuck], _options, told => result.TrySetResult(told), time, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = dispatcher.RunAsync(stop.Token);
        dispatcher.Dispatch(Request("stuck", "go"));
        // Two run by now: one of the token that the actuator got, one of the wait that does not need it to heed that.
        await time.MadeAsync(2);
        time.Advance(_options.TimeLimit);
        Assert.Equal(ActionOutcome.TimedOut, (await result.Task).Outcome);
        await stop.CancelAsync();
        await running;
        Assert.True(stuck.SafeStates >= 1);
    }

    [Fact]
    public async Task A_board_without_GPIO_is_one_failed_action_and_no_crash()
    {
        // Debian without libgpiod, or without a chip: System.Device.Gpio throws here for real.
        var results = await Run([new GpioActuator("relay", 4000, safeHigh: false, () => new GpioController())], Request("relay", "high"));
        Assert.Equal(ActionOutcome.Failed, results[0].Outcome);
        Assert.Contains("GPIO line 4000", results[0].Detail!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_gets_one_line_of_JSON_per_command_and_a_missing_folder_is_a_failure()
    {
        using var folder = new TempFolder();
        var results = await Run(
            [new FileActuator("file", folder.File("acts.jsonl"), _time), new FileActuator("lost", folder.File("none/acts.jsonl"), _time)],
            Request("file", "write"), Request("file", "write", 2), Request("lost", "write"));
        Assert.Equal([ActionOutcome.Done, ActionOutcome.Done, ActionOutcome.Failed], results.Select(result => result.Outcome));
        var lines = await File.ReadAllLinesAsync(folder.File("acts.jsonl"));
        using var json = JsonDocument.Parse(lines[1]);
        Assert.Equal(("rule-1", 2), (json.RootElement.GetProperty("rule").GetString(), json.RootElement.GetProperty("value").GetInt32()));
    }

    [Fact]
    public void What_does_not_fit_the_queue_is_reported_as_dropped()
    {
        var results = new List<ActionResult>();
        var dispatcher = new ActionDispatcher([], new ActionOptions { QueueCapacity = 1 }, results.Add, _time, NullLogger.Instance);
        dispatcher.Dispatch(Request("a", "x"));
        dispatcher.Dispatch(Request("a", "x"));
        Assert.Equal(ActionOutcome.Dropped, Assert.Single(results).Outcome);
    }

    private async Task<List<ActionResult>> Run(IReadOnlyList<IActuator> actuators, params ActionRequest[] requests)
    {
        var results = new List<ActionResult>();
        var all = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var dispatcher = new ActionDispatcher(
            actuators,
            _options,
            result =>
            {
                results.Add(result);
                if (results.Count == requests.Length) all.SetResult();
            },
            _time,
            NullLogger.Instance);
        var running = dispatcher.RunAsync(stop.Token);
        foreach (var request in requests) dispatcher.Dispatch(request);
        await all.Task;
        await stop.CancelAsync();
        await running;
        return results;
    }

    private static ActionRequest Request(string actuator, string command, float value = float.NaN) =>
        new(new ActuatorCommand(actuator, command, value), "rule-1", "rule-1-0", 0, ["because"]);

    private sealed class CountedTimers : FakeTimeProvider
    {
        private readonly Channel<bool> _made = Channel.CreateUnbounded<bool>();

        public async Task MadeAsync(int timers)
        {
            for (var i = 0; i < timers; i++) await _made.Reader.ReadAsync();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _made.Writer.TryWrite(true);
            return timer;
        }
    }

    private sealed class StuckActuator : IActuator
    {
        public int SafeStates { get; private set; }

        public string Name => "stuck";

        public IReadOnlyList<string> Commands { get; } = ["go"];

        public async ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
        {
            await new TaskCompletionSource().Task;
            return "";
        }

        public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct)
        {
            SafeStates++;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

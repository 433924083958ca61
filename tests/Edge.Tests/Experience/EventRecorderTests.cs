using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Edge.Agent.Actions;
using Edge.Agent.Experience;
using Edge.Agent.Reasoning;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Experience;

public sealed class EventRecorderTests : IFactSink
{
    private const long MachineUs = 1_767_225_600_000_000;
    private readonly List<(FactKind Kind, long TimestampUs, byte[] Payload)> _facts = [];
    private readonly EventRecorder _recorder;

    public EventRecorderTests() =>
        _recorder = new EventRecorder(this, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(MachineUs / 1000)));

    public bool TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value = 1)
    {
        _facts.Add((kind, timestampUs, payload.ToArray()));
        return true;
    }

    [Fact]
    public void A_run_is_a_fact_when_it_begins_and_one_with_its_rows_when_it_ends()
    {
        _recorder.RunStarted("run-1", 5);
        _recorder.RunEnded("run-1", 9, 400);
        Assert.Equal([(FactKind.RunStarted, 5L), (FactKind.RunEnded, 9L)], _facts.Select(static fact => (fact.Kind, fact.TimestampUs)));
        Assert.Equal(
            [("run-1", 0L), ("run-1", 400L)],
            _facts.Select(fact => Read(fact.Payload, ContractsJson.Default.RunEvent)).Select(static run => (run.RunId, run.Rows)));
    }

    [Theory]
    [InlineData(nameof(DecisionKind.Raised), true)]
    [InlineData(nameof(DecisionKind.Cleared), false)]
    public void An_alarm_carries_rule_severity_and_reasons_and_no_score_where_no_model_spoke(string decided, bool raised)
    {
        _recorder.Decided("run-1", [Decision(Enum.Parse<DecisionKind>(decided))]);
        var (factKind, timestampUs, payload) = Assert.Single(_facts);
        var alarm = Read(payload, ContractsJson.Default.AlarmEvent);
        Assert.Equal((FactKind.Alarm, 7L), (factKind, timestampUs));
        Assert.Equal(("hot-1", "run-1", "hot", raised, "critical"), (alarm.AlarmId, alarm.RunId, alarm.RuleId, alarm.Raised, alarm.Severity));
        Assert.Equal(["temperature above 90"], alarm.Reasons);
        Assert.Null(alarm.Score);
    }

    [Fact]
    public void That_a_rule_got_its_actuator_back_is_no_alarm()
    {
        _recorder.Decided("run-1", [Decision(DecisionKind.Resumed)]);
        Assert.Empty(_facts);
    }

    [Theory]
    [InlineData(nameof(ActionOutcome.Done), "at 0.25", true, null)]
    [InlineData(nameof(ActionOutcome.TimedOut), "no answer within 2 s", false, "no answer within 2 s")]
    [InlineData(nameof(ActionOutcome.Dropped), null, false, "Dropped")]
    public void An_action_says_whether_it_was_done_and_why_not_at_the_machine_s_time(string outcome, string? detail, bool succeeded, string? error)
    {
        _recorder.Acted(
            new ActionResult(
                new ActionRequest(new ActuatorCommand("valve", "set", 0.25f), "hot", "hot-1", 7, []), Enum.Parse<ActionOutcome>(outcome), detail,
                TimeSpan.Zero));
        var (kind, timestampUs, payload) = Assert.Single(_facts);
        var action = Read(payload, ContractsJson.Default.ActionEvent);
        Assert.Equal((FactKind.Action, MachineUs), (kind, timestampUs));
        Assert.Equal(("hot", "valve", "set", succeeded, error), (action.RuleId, action.Actuator, action.Command, action.Succeeded, action.Error));
    }

    private static Decision Decision(DecisionKind kind) => new()
    {
        RuleId = "hot", Kind = kind, Severity = Severity.Critical, Priority = 1, AlarmId = "hot-1", TimestampUs = 7,
        Reasons = ["temperature above 90"],
    };

    private static T Read<T>(byte[] payload, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(payload, type)!;
}

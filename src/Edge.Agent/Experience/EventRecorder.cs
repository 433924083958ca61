using System.Text.Json;
using Edge.Agent.Actions;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Edge.Agent.Experience;

/// <summary>Turns runs, alarms and actions into facts.</summary>
internal sealed class EventRecorder(IFactSink facts, TimeProvider time) : IObservationSink
{
    public void RunStarted(string runId, long timestampUs) =>
        facts.TryAdd(
            FactKind.RunStarted, timestampUs,
            JsonSerializer.SerializeToUtf8Bytes(new RunEvent(runId, timestampUs, 0), ContractsJson.Default.RunEvent));

    public void Observe(in Observation observation)
    {
        if (!observation.Decisions.IsEmpty) Record(observation.RunId, observation.Decisions, observation.Prediction);
    }

    public void Decided(string runId, ReadOnlySpan<Decision> decisions) => Record(runId, decisions, Prediction.None);

    public void RunEnded(string runId, long timestampUs, long rows) =>
        facts.TryAdd(
            FactKind.RunEnded, timestampUs,
            JsonSerializer.SerializeToUtf8Bytes(new RunEvent(runId, timestampUs, rows), ContractsJson.Default.RunEvent));

    public void Acted(ActionResult result)
    {
        var action = new ActionEvent
        {
            RuleId = result.Request.RuleId,
            Actuator = result.Request.Command.Actuator,
            Command = result.Request.Command.Command,
            Succeeded = result.Succeeded,
            Error = result.Succeeded ? null : result.Detail ?? result.Outcome.ToString(),
            // When it was done is the machine's time, not the sample's: actions end after the sample that caused them.
            TimestampUs = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        };
        facts.TryAdd(FactKind.Action, action.TimestampUs, JsonSerializer.SerializeToUtf8Bytes(action, ContractsJson.Default.ActionEvent));
    }

    private void Record(string runId, ReadOnlySpan<Decision> decisions, in Prediction prediction)
    {
        foreach (var decision in decisions)
        {
            if (decision.Kind == DecisionKind.Resumed) continue;
            var alarm = new AlarmEvent
            {
                AlarmId = decision.AlarmId,
                RunId = runId,
                RuleId = decision.RuleId,
                Raised = decision.Kind == DecisionKind.Raised,
                Severity = SeverityWord(decision.Severity),
                TimestampUs = decision.TimestampUs,
                Score = Finite(prediction.Smoothed),
                Threshold = Finite(prediction.Threshold),
                ModelDigest = prediction.Digest,
                Reasons = decision.Reasons,
            };
            facts.TryAdd(FactKind.Alarm, decision.TimestampUs, JsonSerializer.SerializeToUtf8Bytes(alarm, ContractsJson.Default.AlarmEvent));
        }
    }

    private static string SeverityWord(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "info",
    };

    private static float? Finite(float value) => float.IsFinite(value) ? value : null;
}

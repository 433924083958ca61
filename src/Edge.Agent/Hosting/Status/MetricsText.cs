using System.Globalization;
using System.Text;

namespace Edge.Agent.Hosting.Status;

/// <summary>The status in Prometheus' text exposition format, version 0.0.4.</summary>
internal static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(AgentStatus status)
    {
        var text = new StringBuilder(4096);
        Counter(text, "hmas_agent_samples_total", "Samples taken from the sensor.", status.Samples);
        Counter(text, "hmas_agent_dropped_samples_total", "Samples given up because the pipeline was behind.", status.DroppedSamples);
        Counter(text, "hmas_agent_late_samples_total", "Samples that came after their frame was closed.", status.LateSamples);
        Counter(text, "hmas_agent_missing_values_total", "Channels without a value, summed over frames.", status.MissingValues);
        Counter(text, "hmas_agent_clock_jumps_total", "Times that event time went back.", status.ClockJumps);
        Counter(text, "hmas_agent_gaps_total", "Silences within a run that no window spans.", status.Gaps);
        Counter(text, "hmas_agent_model_failures_total", "Times that a model threw.", status.ModelFailures);
        Counter(text, "hmas_agent_rule_evaluations_total", "Rules judged.", status.RuleEvaluations);
        Counter(text, "hmas_agent_sensor_failures_total", "Times that the sensor did not answer.", status.SensorFailures);
        Counter(text, "hmas_agent_frames_total", "Frames that went through the pipeline.", status.Frames);
        Counter(text, "hmas_agent_runs_total", "Runs of the machine begun.", status.Runs);
        Counter(text, "hmas_agent_windows_total", "Windows that a model answered.", status.Windows);
        Counter(text, "hmas_agent_alarm_windows_total", "Windows with the score above the threshold.", status.AlarmWindows);
        Counter(text, "hmas_agent_invalid_windows_total", "Windows without a finite score.", status.InvalidWindows);
        Counter(text, "hmas_agent_decisions_total", "Decisions of rules.", status.Decisions);
        Counter(text, "hmas_agent_actions_total", "Commands handed to actuators.", status.Actions);
        Counter(text, "hmas_agent_failed_actions_total", "Commands that actuators did not carry out.", status.FailedActions);
        Counter(text, "hmas_agent_facts_produced_total", "Facts numbered in the outbox.", status.Outbox.Produced);
        Counter(text, "hmas_agent_facts_acknowledged_total", "Facts that the hub holds.", status.Outbox.Acknowledged);
        Counter(text, "hmas_agent_facts_evicted_total", "Facts given up to keep the byte bound.", status.Outbox.Evicted);
        Counter(text, "hmas_agent_facts_refused_total", "Facts that memory had no room for.", status.Outbox.Refused);
        Counter(text, "hmas_agent_lost_writes_total", "Lines of the decision log, totals and session numbers that the disk did not take.",
            status.LostWrites);
        Counter(text, "hmas_agent_batches_total", "Fact batches that the broker took.", status.Hub.Batches);
        Counter(text, "hmas_agent_failed_batches_total", "Fact batches that were not handed over.", status.Hub.FailedBatches);
        Gauge(text, "hmas_agent_outbox_facts", "Facts that wait for the hub.", status.Outbox.Waiting);
        Gauge(text, "hmas_agent_outbox_bytes", "Bytes of the outbox in use.", status.Outbox.Bytes);
        Gauge(text, "hmas_agent_hub_connected", "1 while the broker is reached.", status.Hub.Connected ? 1 : 0);
        Gauge(text, "hmas_agent_calibrated", "1 while the active model is calibrated on the current run.", status.Calibrated ? 1 : 0);
        if (status.Score is { } score) Gauge(text, "hmas_agent_score", "Newest anomaly score.", score);
        if (status.Threshold is { } threshold) Gauge(text, "hmas_agent_threshold", "Threshold of the anomaly score.", threshold);
        if (status is { Class: { } name, Probability: { } probability })
        {
            text.Append(
                "# HELP hmas_agent_class_probability Newest class of a classifier and its calibrated probability.\n# TYPE hmas_agent_class_probability gauge\n");
            text.Append(CultureInfo.InvariantCulture, $"hmas_agent_class_probability{{class=\"{Escaped(name)}\"}} {probability:R}\n");
        }

        Gauge(text, "hmas_agent_resident_bytes", "Resident memory of the process.", status.ResidentBytes);
        Gauge(text, "hmas_agent_managed_bytes", "Managed heap.", status.ManagedBytes);
        Gauge(text, "hmas_agent_uptime_seconds", "Since the process started.", status.UptimeSeconds);
        text.Append("# HELP hmas_agent_info The agent and the model that answers.\n# TYPE hmas_agent_info gauge\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"hmas_agent_info{{site=\"{status.Site}\",device=\"{status.Device}\",version=\"{status.Version}\",model=\"{status.Model.ActiveDigest}\"}} 1\n");
        return text.ToString();
    }

    // Prometheus, exposition formats: what a label's value must not hold as it is.
    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static void Counter(StringBuilder text, string name, string help, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");

    private static void Gauge(StringBuilder text, string name, string help, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value:R}\n");
}

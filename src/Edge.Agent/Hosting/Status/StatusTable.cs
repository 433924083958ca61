using System.Globalization;
using System.Text;

namespace Edge.Agent.Hosting.Status;

/// <summary>The status as a table for people.</summary>
internal static class StatusTable
{
    public static string Write(AgentStatus status)
    {
        var text = new StringBuilder();
        void Row(string name, FormattableString value) =>
            text.Append(CultureInfo.InvariantCulture, $"{name,-12} {FormattableString.Invariant(value)}\n");

        var model = status.Model;
        var outbox = status.Outbox;
        Row("device",
            $"{status.Site}/{status.Device}, agent {status.Version}, up {TimeSpan.FromSeconds((long)status.UptimeSeconds)}, resident {status.ResidentBytes / 1048576.0:0.0} MB");
        Row("sensor",
            $"{status.Sensor}: {status.Channels.Count} channels at {status.RateHz} Hz; {status.Samples} samples, {status.DroppedSamples} dropped, {status.LateSamples} late, {status.MissingValues} missing, {status.ClockJumps} clock jumps, {status.SensorFailures} failures");
        Row("run",
            $"{status.RunId ?? "none"}{(status.RunId is null || status.Calibrated || model.ActiveDigest is null ? "" : " (calibrating)")}; {status.Frames} frames in {status.Runs} runs");
        if (model.ActiveDigest is null)
        {
            Row("model", $"none: rules alone decide; last step {model.State}");
        }
        else
        {
            if (status.Class is null) Row("score", $"{Number(status.Score)} of {Number(status.Threshold)}");
            else Row("class", $"{status.Class}, probability {Number(status.Probability)}");
            Row("windows", $"{status.Windows} answered, {status.AlarmWindows} alarms, {status.InvalidWindows} invalid");
            Row("model",
                $"{model.ActiveName} {model.ActiveRelease} {Short(model.ActiveDigest)}{(model.Committed ? "" : " (on trial)")}; previous {Short(model.PreviousDigest)}; last step {model.State}");
        }

        if (model.FailedReason is not null) Row("", $"refused or returned: {Short(model.FailedDigest)} ({model.FailedReason})");
        if (model.ShadowDigest is not null) Row("", $"in shadow: {Short(model.ShadowDigest)}");
        if (status.ModelFailures > 0) Row("", $"models threw {status.ModelFailures} times");
        Row("rules", $"{status.Rules}; {status.Decisions} decisions, {status.Actions} actions, {status.FailedActions} failed");
        Row("outbox",
            $"{outbox.Waiting} wait; {outbox.Produced} produced, {outbox.Acknowledged} acknowledged, {outbox.Evicted} evicted; {outbox.Bytes / 1048576.0:0.0} of {outbox.MaxBytes / 1048576.0:0.0} MB");
        Row("hub",
            $"{status.Hub.Broker ?? "none"}{(status.Hub.Broker is null ? "" : status.Hub.Connected ? ", connected" : ", not connected")}; desired state {status.Hub.DesiredVersion}, {status.Hub.Batches} batches sent");
        return text.ToString();
    }

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static string Short(string? digest) => digest is null ? "none" : digest.Length > 19 ? digest[..19] : digest;
}

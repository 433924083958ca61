using System.Globalization;
using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Learning.Plans;

/// <summary>Whether a plan starts a run now, and why. Without clock or I/O.</summary>
internal static class PlanDecision
{
    /// <param name="last">The plan's newest run; null: none yet.</param>
    /// <param name="labels">Labels there are.</param>
    /// <param name="drift">The newest drift alarm; null: none since the start.</param>
    /// <param name="began">When the hub began: what a plan without a run counts its time from.</param>
    /// <returns>Null: not now.</returns>
    public static string? Reason(PlanOptions plan, TrainingRunView? last, int labels, DriftSeen? drift, DateTimeOffset began, DateTimeOffset now)
    {
        if (last is not null && !RunStates.HasEnded(last.State)) return null;
        if (last is not null && now - last.StartedAt < plan.Rest) return null;
        if (plan.OnDrift && drift is { } seen && (last is null || seen.At > last.StartedAt))
            return $"the scores of device {seen.DeviceId} drifted {(seen.Direction > 0 ? "up" : "down")}";
        var fresh = labels - (last?.Bounds?.Labels ?? 0);
        if (plan.NewLabels > 0 && fresh >= plan.NewLabels) return string.Create(CultureInfo.InvariantCulture, $"{fresh} new labels");
        return plan.Every > TimeSpan.Zero && now - (last?.StartedAt ?? began) >= plan.Every ? $"{plan.Every} since the last one" : null;
    }
}

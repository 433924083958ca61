namespace Cloud.Hub.Reasoning.Sites;

/// <summary>The tactical agent's thinking, without clock or I/O: relates the anomalies of a site's devices and says how densely they should sample.</summary>
internal static class SiteReasoner
{
    /// <summary>Takes an alarm that began or ended; the decision that follows, if any.</summary>
    public static SiteDecision? Observe(SiteState state, string deviceId, string alarmId, string ruleId, bool raised, ReasoningOptions options, DateTimeOffset now)
    {
        state.Devices.Add(deviceId);
        if (!state.OpenAlarms.TryGetValue(deviceId, out var open)) state.OpenAlarms[deviceId] = open = [];
        if (raised) open[alarmId] = ruleId;
        else open.Remove(alarmId);
        if (open.Count == 0) state.OpenAlarms.Remove(deviceId);
        return Consider(state, options, now);
    }

    /// <summary>Looks again after time has passed.</summary>
    public static SiteDecision? Consider(SiteState state, ReasoningOptions options, DateTimeOffset now)
    {
        var anomalous = state.OpenAlarms.Count;
        if (anomalous >= options.IncidentDevices)
        {
            state.CalmSince = null;
            var incident = Describe(state);
            if (state.Incident == incident) return null;
            var began = state.Incident is null;
            state.Incident = incident;
            if (!began) return null;
            state.SamplingBoost = options.IncidentSamplingBoost;
            return new SiteDecision("raise sampling", incident, options.IncidentSamplingBoost);
        }

        if (state.Incident is null) return null;
        state.CalmSince ??= now;
        if (now - state.CalmSince < options.CalmBeforeLowering) return null;
        state.Incident = null;
        state.CalmSince = null;
        state.SamplingBoost = 1;
        return new SiteDecision("lower sampling", $"fewer than {options.IncidentDevices} devices anomalous for {options.CalmBeforeLowering.TotalSeconds:0} s", 1);
    }

    /// <summary>A rule shared by all anomalous devices points at something they share; different rules at different faults.</summary>
    private static string Describe(SiteState state)
    {
        var devices = string.Join(", ", state.OpenAlarms.Keys.Order(StringComparer.Ordinal));
        var shared = state.OpenAlarms.Values.Select(alarms => alarms.Values.ToHashSet()).Aggregate(static (left, right) => [.. left.Intersect(right)]);
        var cause = shared.Count > 0
            ? $"all by {string.Join(", ", shared.Order(StringComparer.Ordinal))}: look for what they share"
            : "by different rules: separate faults";
        return $"{state.OpenAlarms.Count} of {state.Devices.Count} devices anomalous at once ({devices}), {cause}";
    }
}

/// <param name="Boost">Sampling of every device of the site from now on.</param>
internal sealed record SiteDecision(string Decision, string Reason, double Boost);

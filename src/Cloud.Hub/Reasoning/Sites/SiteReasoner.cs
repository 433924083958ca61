namespace Cloud.Hub.Reasoning.Sites;

/// <summary>The tactical agent's thinking, without clock or I/O: relates the anomalies of a site's
/// devices and says how densely they should sample.</summary>
internal static class SiteReasoner
{
    /// <summary>Takes in what a device said; false when it is a repeat.</summary>
    public static bool Hear(SiteState state, SiteFact fact)
    {
        var last = state.Heard.GetValueOrDefault(fact.DeviceId);
        if (last is not null && last.Epoch == fact.Epoch && fact.Sequence <= last.Sequence) return false;
        state.Devices.Add(fact.DeviceId);
        state.Heard[fact.DeviceId] = new HeardPlace(fact.Epoch, fact.Sequence);
        // With a run every rule begins anew, and a device that lost its disk ends none of its old alarms: nobody would ever close them.
        if (fact.Alarm is null || (last is not null && last.Epoch != fact.Epoch)) state.OpenAlarms.Remove(fact.DeviceId);
        if (fact.Alarm is not { } alarm) return true;

        if (!state.OpenAlarms.TryGetValue(fact.DeviceId, out var open)) state.OpenAlarms[fact.DeviceId] = open = [];
        if (alarm.Raised) open[alarm.AlarmId] = alarm.RuleId;
        else open.Remove(alarm.AlarmId);
        if (open.Count == 0) state.OpenAlarms.Remove(fact.DeviceId);
        return true;
    }

    /// <summary>What follows at this moment; null: nothing new. The state holds it as decided.</summary>
    /// <param name="silent">Devices that have been offline for a while: what they last said is no longer about now.</param>
    public static SiteDecision? Consider(SiteState state, IReadOnlySet<string> silent, ReasoningOptions options, DateTimeOffset now)
    {
        var anomalous = state.OpenAlarms.Where(device => !silent.Contains(device.Key)).ToDictionary();
        if (anomalous.Count >= options.IncidentDevices)
        {
            state.CalmSince = null;
            var incident = Describe(anomalous, state.Devices.Count);
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
        return new SiteDecision(
            "lower sampling", $"fewer than {options.IncidentDevices} devices anomalous for {options.CalmBeforeLowering.TotalSeconds:0} s", 1);
    }

    /// <summary>A rule shared by all anomalous devices points at something they share; different rules at different faults.</summary>
    private static string Describe(Dictionary<string, Dictionary<string, string>> anomalous, int devices)
    {
        var names = string.Join(", ", anomalous.Keys.Order(StringComparer.Ordinal));
        var shared = anomalous.Values.Select(alarms => alarms.Values.ToHashSet()).Aggregate(static (left, right) => [.. left.Intersect(right)]);
        var cause = shared.Count > 0
            ? $"all by {string.Join(", ", shared.Order(StringComparer.Ordinal))}: look for what they share"
            : "by different rules: separate faults";
        return $"{anomalous.Count} of {devices} devices anomalous at once ({names}), {cause}";
    }
}

/// <param name="Boost">Sampling of every device of the site from now on.</param>
[GenerateSerializer, Alias("hmas.site-decision")]
internal sealed record SiteDecision([property: Id(0)] string Decision, [property: Id(1)] string Reason, [property: Id(2)] double Boost);

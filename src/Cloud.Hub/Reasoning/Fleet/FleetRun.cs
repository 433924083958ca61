namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>What a run, or a block of one, is called among those of all devices: machines that were started in the same second may name their
/// runs alike.</summary>
internal static class FleetRun
{
    public static string Of(string deviceId, string runId) => $"{deviceId}/{runId}";
}

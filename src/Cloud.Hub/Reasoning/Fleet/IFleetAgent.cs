namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>The strategic agent; there is one, with key <see cref="Key"/>.</summary>
[Alias("hmas.fleet-agent")]
internal interface IFleetAgent : IGrainWithStringKey
{
    const string Key = "fleet";

    Task RunEndedAsync(string runId);

    /// <summary>Looks at the fleet and does the next thing there is to do, if any.</summary>
    Task ConsiderAsync();
}

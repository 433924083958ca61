namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>The strategic agent; there is one, with key <see cref="Key"/>.</summary>
[Alias("hmas.fleet-agent")]
internal interface IFleetAgent : IGrainWithStringKey
{
    const string Key = "fleet";

    /// <summary>Durable on return; a repeat changes nothing.</summary>
    /// <param name="runIds">As <see cref="FleetRun"/> names them.</param>
    Task RunsEndedAsync(IReadOnlyList<string> runIds);

    /// <summary>Labels came: the next turn reads them.</summary>
    Task LabelsCameAsync();

    /// <summary>Looks at the fleet and does the next thing there is to do, if any.</summary>
    Task ConsiderAsync();
}

using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>One update of one device.</summary>
/// <param name="Id">What the protocol calls it; grows with every action of a device.</param>
/// <param name="DesiredVersion">Version of the desired state that asked for it.</param>
internal sealed record DirectAction(long Id, ModelAssignment Wanted, long DesiredVersion, DirectActionState State)
{
    /// <summary>Polls since it said that it updated, without showing what it runs.</summary>
    public int UnprovenPolls { get; init; }
}

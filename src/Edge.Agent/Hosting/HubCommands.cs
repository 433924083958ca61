using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Commands;

namespace Edge.Agent.Hosting;

/// <summary>What commands of the hub do on this device.</summary>
internal sealed class HubCommands(AgentLadder ladder, Action reportSoon) : ICommandActions
{
    public void Recalibrate() => ladder.Recalibrate();

    public void Snapshot(int windows) => ladder.Experience.Request(windows);

    public void KeepNear(KeepNear request) => ladder.Experience.KeepNear(request);

    public void Report() => reportSoon();
}

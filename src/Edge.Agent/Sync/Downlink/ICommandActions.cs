using Hmas.Contracts.Commands;

namespace Edge.Agent.Sync.Downlink;

/// <summary>What the hub may ask a device to do once.</summary>
internal interface ICommandActions
{
    /// <summary>Ends the run, so that the next rows calibrate anew.</summary>
    void Recalibrate();

    /// <summary>Keeps the next windows as requested experience.</summary>
    void Snapshot(int windows);

    /// <summary>Keeps windows like some that the hub is unsure of.</summary>
    /// <param name="request">In order.</param>
    void KeepNear(KeepNear request);

    /// <summary>Publishes the reported state soon.</summary>
    void Report();
}

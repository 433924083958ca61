namespace Edge.Agent.Sync.Downlink;

/// <summary>What the hub may ask a device to do once.</summary>
internal interface ICommandActions
{
    /// <summary>Ends the run, so that the next rows calibrate anew.</summary>
    void Recalibrate();

    /// <summary>Keeps the next windows as requested experience.</summary>
    void Snapshot(int windows);

    /// <summary>Publishes the reported state soon.</summary>
    void Report();
}

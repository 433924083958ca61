namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>How far an update is.</summary>
internal enum DirectActionState
{
    /// <summary>The device has not begun.</summary>
    Offered,

    /// <summary>It has; nothing runs on the new image yet.</summary>
    Installing,

    /// <summary>It says that it has restarted and that all is well. That it runs the new image it has still to show.</summary>
    Confirming,

    /// <summary>It is asked to stop.</summary>
    Cancelling,
}

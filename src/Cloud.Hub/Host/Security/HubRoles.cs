namespace Cloud.Hub.Host.Security;

/// <summary>Values of the role claim.</summary>
public static class HubRoles
{
    /// <summary>May do everything.</summary>
    public const string Operator = "operator";

    /// <summary>May register devices, nothing else.</summary>
    public const string Enrolment = "enrolment";

    /// <summary>May fetch artefacts; its name is the device id.</summary>
    public const string Device = "device";

    /// <summary>May read artefacts and their chunks by hash, nothing else: an HTTP cache before the hub.</summary>
    public const string Cache = "cache";
}

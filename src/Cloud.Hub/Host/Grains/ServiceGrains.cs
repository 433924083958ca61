namespace Cloud.Hub.Host.Grains;

/// <summary>Which grains a silo takes: those of the services that run in its process. The others' needs are
/// not registered here, so a cluster must not place them here.</summary>
/// <remarks>A silo announces its grain classes when it joins; placement only asks silos that announced the class.</remarks>
internal static class ServiceGrains
{
    /// <summary>Takes out the classes of services that do not run here. A class belongs to the service
    /// whose folder, and so namespace, it stands in.</summary>
    public static void Keep(ISet<Type> classes, IReadOnlyList<string> services)
    {
        foreach (var grain in classes.Where(grain => ServiceOf(grain) is { } service && !services.Contains(service)).ToList()) classes.Remove(grain);
    }

    private static string? ServiceOf(Type grain) =>
        HubServices.All.FirstOrDefault(service => grain.Namespace is { } space
            && (space + ".").StartsWith($"Cloud.Hub.{service}.", StringComparison.OrdinalIgnoreCase));
}

using Hmas.Trust;
using Hmas.Trust.UpdateFramework.Repository;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>The image repository's own root and targets keys, on a hub that holds them.</summary>
internal sealed class ImageKeys(string folder, ILogger logger) : IDisposable
{
    public SigningKey Root { get; } = HeldKey.LoadOrMake(Path.Combine(folder, "root.key"), logger);

    public SigningKey Targets { get; } = HeldKey.LoadOrMake(Path.Combine(folder, "targets.key"), logger);

    /// <summary>Who signs what.</summary>
    public TopLevelRoles RolesWith(SigningKey online) =>
        new(new([Root.PublicKey], 1), new([Targets.PublicKey], 1), new([online.PublicKey], 1), new([online.PublicKey], 1));

    public void Dispose()
    {
        Root.Dispose();
        Targets.Dispose();
    }
}

using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;

namespace Hmas.Trust.Uptane;

/// <summary>The loop around <see cref="InstallRules"/>: both repositories brought up to date, then what
/// both say decided. Fetching the bytes is the caller's.</summary>
public sealed class AssignedUpdate
{
    private readonly DeviceIdentity _device;
    private readonly UpdateClient _director;
    private readonly UpdateClient _images;

    /// <param name="director">With its own folder and its own root: no key of one repository speaks for the other.</param>
    /// <param name="images">The image repository.</param>
    public AssignedUpdate(DeviceIdentity device, UpdateClient director, UpdateClient images)
    {
        _device = device;
        _director = director;
        _images = images;
    }

    /// <summary>What this device is to install now.</summary>
    /// <param name="installed">The release counter of each artefact that this device has.</param>
    /// <exception cref="UpdateException">Nothing is to be installed: a chain is broken, or the two repositories do not agree.</exception>
    public async Task<IReadOnlyList<InstallOrder>> PlanAsync(IReadOnlyDictionary<string, long> installed, CancellationToken cancellation)
    {
        await _director.RefreshAsync(cancellation);
        await _images.RefreshAsync(cancellation);
        return await InstallRules.DecideAsync(_device, _director.Targets, path => _images.FindAsync(path, cancellation), installed);
    }
}

using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;

namespace Hmas.Trust.Uptane;

/// <summary>The loop around <see cref="InstallRules"/>: both repositories brought up to date, what both say decided, and only then the bytes fetched.</summary>
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

    /// <summary>Brings the files of a plan into a folder, all of them or an error; the caller activates them together.</summary>
    /// <returns>Paths, in the plan's order.</returns>
    /// <exception cref="UpdateException">No mirror gave one of the very files.</exception>
    public async Task<IReadOnlyList<string>> DownloadAsync(IReadOnlyList<InstallOrder> plan, Mirrors mirrors, TargetFolder folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var paths = new List<string>();
        foreach (var order in plan) paths.Add(await _images.DownloadAsync(order.Image, mirrors, folder, cancellation));
        return paths;
    }
}

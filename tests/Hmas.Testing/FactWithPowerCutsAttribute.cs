using Xunit;

namespace Hmas.Testing;

/// <summary>A fact that cuts the power of a <see cref="CuttableDisk"/>; skipped where such a disk
/// cannot be made (not root, no loop device, no xfs_io).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithPowerCutsAttribute : FactAttribute
{
    public FactWithPowerCutsAttribute()
    {
        try
        {
            using var probe = new CuttableDisk(megabytes: 4);
            probe.Cut();
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Skip = $"no disk whose power can be cut: {error.Message}";
        }
    }
}

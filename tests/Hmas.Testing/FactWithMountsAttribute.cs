using System.Diagnostics;
using Xunit;

namespace Hmas.Testing;

/// <summary>A fact that mounts a small disk in a namespace of its own; skipped where the kernel lets nobody do that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithMountsAttribute : FactAttribute
{
    public FactWithMountsAttribute()
    {
        var probe = Tool.TryAsync(new ProcessStartInfo("unshare", ["-r", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])).GetAwaiter().GetResult();
        if (probe.Code != 0) Skip = $"no mount namespaces here: {probe.Error.Trim()}";
    }
}

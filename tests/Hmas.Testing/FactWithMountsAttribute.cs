using System.Diagnostics;
using Xunit;

namespace Hmas.Testing;

/// <summary>A fact that mounts a small disk in a namespace of its own; skipped where the kernel lets nobody do that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithMountsAttribute : FactAttribute
{
    public FactWithMountsAttribute()
    {
        using var probe = Process.Start(
            new ProcessStartInfo("unshare", ["-r", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true })!;
        probe.WaitForExit();
        if (probe.ExitCode != 0) Skip = $"no mount namespaces here: {probe.StandardError.ReadToEnd().Trim()}";
    }
}

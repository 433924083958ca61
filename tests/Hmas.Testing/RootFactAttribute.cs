using Xunit;

namespace Hmas.Testing;

/// <summary>A test that mounts a file system; skipped, with the reason, for anyone but root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess) Skip = "only root can mount a small tmpfs";
    }
}

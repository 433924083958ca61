namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>A test that mounts a file system; skipped, with the reason, for anyone but root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess) Skip = "only root can mount a small tmpfs";
    }
}

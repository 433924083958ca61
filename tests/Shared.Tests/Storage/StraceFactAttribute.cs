namespace Shared.Tests.Storage;

/// <summary>A test that makes system calls fail; skipped, with the reason, where strace is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute()
    {
        if (!File.Exists("/usr/bin/strace")) Skip = "strace is not installed (apt-get install strace)";
    }
}

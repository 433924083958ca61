using Hmas.Testing;

namespace Hmas.System.Tests.Agent;

/// <summary>A fact about the agent published for arm64; skipped where it was not published, cannot be run,
/// or the processor's description cannot be put in place.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Arm64AgentFactAttribute : FactAttribute
{
    public Arm64AgentFactAttribute()
    {
        if (!File.Exists(Program)) Skip = "the agent is not published for arm64: ./hmas publish --rid linux-arm64";
        else if (!File.Exists(Emulator)) Skip = $"no {Emulator}: apt-get install qemu-user-static";
        else if (!Directory.Exists(Libraries)) Skip = $"no {Libraries}: apt-get install libc6-dev-arm64-cross gcc-aarch64-linux-gnu";
        else if (!Environment.IsPrivilegedProcess) Skip = "only root can show the emulated program another /proc/cpuinfo";
    }

    public static string Program => Path.Combine(Repository.Root, "artifacts", "publish", "agent-linux-arm64", "hmas-agent");

    /// <summary>Debian's qemu for programs of another processor.</summary>
    public static string Emulator => "/usr/bin/qemu-aarch64-static";

    /// <summary>Where Debian's cross packages put the C library of arm64.</summary>
    public static string Libraries => "/usr/aarch64-linux-gnu";
}

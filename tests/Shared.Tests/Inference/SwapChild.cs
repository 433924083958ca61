using Hmas.Inference;

namespace Shared.Tests.Inference;

/// <summary>What the swap and telemetry tests run in a process of their own, where resident memory and the environment are theirs alone.</summary>
internal static class SwapChild
{
    public static void RunOnce()
    {
        NativeRuntime.DisableTelemetry();
        using var session = Fixture.Session("identity");
        session.Run();
    }

    /// <summary>Swaps as a device does: the new session answers before the old one goes. Prints resident
    /// kilobytes after a warm-up of half the swaps, and after the swaps.</summary>
    public static void Run(int swaps)
    {
        NativeRuntime.DisableTelemetry();
        string[] names = ["identity", "half", "open_batch"];
        var active = Fixture.Session(names[0]);
        for (var i = 1; i <= swaps * 3 / 2; i++)
        {
            var standby = Fixture.Session(names[i % names.Length]);
            standby.Run();
            active.Dispose();
            active = standby;
            using var wide = new ModelSession(Fixture.Model("wide"), new("x", [1, 8, 64]), new("y", [1, 8, 64]), new SessionSettings());
            wide.Run();
            if (i == swaps / 2 || i == swaps * 3 / 2)
                Console.WriteLine(ResidentKilobytes());
        }
        active.Dispose();
    }

    private static long ResidentKilobytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^"kB".Length].Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }
}

using System.Globalization;

namespace Hmas.Testing;

/// <summary>What a test of chance begins with: another one each time, unless <c>HMAS_SEED</c> names one that a failed run has printed.</summary>
public static class Seed
{
    public static int Next() =>
        Environment.GetEnvironmentVariable("HMAS_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount ^ Environment.ProcessId;
}

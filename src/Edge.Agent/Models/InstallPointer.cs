using System.Globalization;
using System.Text;

namespace Edge.Agent.Models;

/// <summary>Which install runs: the one file that is flipped by rename (docs/formats/installs.md). The
/// launcher, a shell script, reads and writes it too.</summary>
/// <param name="Active">Folder of the install that runs; empty: what the device was set up with.</param>
/// <param name="Previous">Where a return leads; empty as above.</param>
/// <param name="Committed">False from activation to the end of the health window.</param>
/// <param name="Starts">Process starts since activation, counted by the launcher.</param>
/// <param name="Failed">The install that was refused or returned last; empty: none.</param>
internal sealed record InstallPointer(string Active = "", string Previous = "", bool Committed = true, int Starts = 0, string Failed = "")
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"active={Active}\nprevious={Previous}\ncommitted={(Committed ? 1 : 0)}\nstarts={Starts}\nfailed={Failed}\n");

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    /// <summary>A line that is missing counts as empty.</summary>
    public static InstallPointer Parse(string text)
    {
        var lines = text.Split('\n');
        string Of(string key) => Array.Find(lines, line => line.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..] ?? "";
        return new InstallPointer(
            Of("active"), Of("previous"), Of("committed") != "0",
            int.TryParse(Of("starts"), CultureInfo.InvariantCulture, out var starts) ? starts : 0, Of("failed"));
    }
}

namespace Edge.Agent.Models;

/// <summary>A package that stands in a slot; <see cref="PackageFolder"/> has it by its digest.</summary>
/// <param name="Assigned">The hub gave it; false: it came with the device's settings, and the hub cannot take it away.</param>
internal sealed record SlotEntry(string Digest, string Name, long Release, bool Assigned = false)
{
    /// <summary>What the release counters must know once these were active.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Counters(params IEnumerable<SlotEntry?> entries) =>
        entries.Where(static entry => entry is not null).Select(static entry => KeyValuePair.Create(entry!.Name, entry.Release));
}

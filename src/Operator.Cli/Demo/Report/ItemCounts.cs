using Operator.Cli.Hub;

namespace Operator.Cli.Demo.Report;

/// <summary>What devices say they produced against what the archive holds.</summary>
internal sealed record ItemCounts(long Produced, long Stored, long Lost, long Duplicated)
{
    /// <summary>By sequence: a fact is lost when the archive's unbroken row of numbers ends before the
    /// device's, and twice when it holds more rows than numbers.</summary>
    public static ItemCounts OfFacts(IReadOnlyList<DeviceAnswer> devices, ArchiveAnswer archive)
    {
        var produced = devices.Sum(static device => device.Reported?.Counters.FactsProduced ?? 0);
        var contiguous = archive.Devices.Sum(static device => device.Sequence);
        return new ItemCounts(produced, archive.Facts, produced - contiguous, archive.Facts + archive.Evicted - contiguous);
    }

    /// <summary>Windows alone, by count. What a device gave up to keep its byte bound is lost too.</summary>
    public static ItemCounts OfExperiences(IReadOnlyList<DeviceAnswer> devices, ArchiveAnswer archive)
    {
        var produced = devices.Sum(static device => device.Reported?.Counters.ExperiencesKept ?? 0);
        var stored = archive.Devices.Sum(static device => device.Experiences);
        return new ItemCounts(produced, stored, Math.Max(0, produced - stored), Math.Max(0, stored - produced));
    }

    /// <summary>Something was produced, and all of it is there once.</summary>
    public bool IsExact => Produced > 0 && Stored == Produced && this is { Lost: 0, Duplicated: 0 };
}

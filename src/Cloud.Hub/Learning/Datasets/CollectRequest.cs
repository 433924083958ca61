using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>What to read for a run.</summary>
internal sealed record CollectRequest
{
    /// <summary>What the model reads; null: the channels of most devices without <see cref="Excluded"/>.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>Rate that the recipe was made for; null: the rate of most devices that have the channels.</summary>
    public double? RateHz { get; init; }

    /// <summary>Channel names never read.</summary>
    public required IReadOnlyList<string> Excluded { get; init; }

    /// <summary>Rows at most, calibration rows of the runs they belong to not counted.</summary>
    public required int MaxRows { get; init; }

    /// <summary>Nothing beyond; null: everything there is now.</summary>
    public DatasetBounds? Bounds { get; init; }

    /// <summary>What the parent has learnt from: the rest is new. Null: all is new.</summary>
    public DatasetBounds? Known { get; init; }

    /// <summary>Of the draw from older experience.</summary>
    public required long Seed { get; init; }
}

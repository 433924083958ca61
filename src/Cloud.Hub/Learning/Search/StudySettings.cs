namespace Cloud.Hub.Learning.Search;

/// <summary>What makes a study this one: a file of another study is refused.</summary>
internal sealed record StudySettings
{
    /// <summary>What is tuned.</summary>
    public required string Recipe { get; init; }

    /// <summary>Of the data that trials are judged on.</summary>
    public required string DataDigest { get; init; }

    public required IReadOnlyList<SearchDimension> Space { get; init; }

    /// <summary>What the first trial takes, in the order of the space: the recipe's own values, so that the
    /// search can only improve on them. Null begins at random.</summary>
    public IReadOnlyList<double>? Defaults { get; init; }

    /// <summary><c>tpe</c> or <c>random</c>.</summary>
    public string Strategy { get; init; } = "tpe";

    public ulong Seed { get; init; } = 1;

    /// <summary>The full budget over the smallest: 1 gives every trial all of it, 9 begins with a ninth.</summary>
    public int Halving { get; init; } = 9;

    /// <summary>1 is ASHA; more is Hyperband.</summary>
    public int Brackets { get; init; } = 1;

    /// <exception cref="ArgumentException">No such strategy; the message names those there are.</exception>
    public ISearchStrategy NewStrategy() => Strategy switch
    {
        "tpe" => new TreeParzen(),
        "random" => new RandomSearch(),
        _ => throw new ArgumentException($"strategy '{Strategy}' is none of tpe, random"),
    };
}

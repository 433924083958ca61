namespace Cloud.Hub.Learning.Contract;

/// <summary>Look for better hyperparameters of a classifier's recipe on the fleet's labelled windows instead of making a model.</summary>
public sealed record SearchRequest
{
    public int Trials { get; init; } = 30;

    /// <summary><c>tpe</c> or <c>random</c>.</summary>
    public string Strategy { get; init; } = "tpe";

    /// <summary>The full budget of a trial over the smallest; 1 gives all trials all of it.</summary>
    public int Halving { get; init; } = 9;
}

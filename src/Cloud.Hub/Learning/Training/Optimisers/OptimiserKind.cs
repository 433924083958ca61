namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>How a gradient becomes a step.</summary>
internal enum OptimiserKind
{
    AdamW,
    Adam,

    /// <summary>Stochastic gradient descent with momentum 0.9.</summary>
    Momentum,
}

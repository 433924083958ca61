namespace Cloud.Hub.Learning.Contract;

/// <summary>Start from the parent's values instead of from nothing.</summary>
public sealed record TransferRequest
{
    /// <summary>So many layers that learn, from the input on, keep the parent's values.</summary>
    public int FrozenLayers { get; init; }

    /// <summary>Factor of the learning rate of the layers between the frozen ones and the last, (0, 1].</summary>
    public double BodyRate { get; init; } = 1;
}

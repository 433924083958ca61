namespace Hmas.Contracts.Federated;

/// <summary>What a device sends back after a <see cref="HeadTask"/>: detail of the command's reply, as JSON.</summary>
public sealed record HeadUpdate
{
    /// <summary>Characters of the JSON at most.</summary>
    public const int MaxText = 64 << 10;

    public required string Digest { get; init; }

    public required int Round { get; init; }

    /// <summary>Labelled windows it tuned on.</summary>
    public required int Samples { get; init; }

    /// <summary>Tuned minus sent, as the head lies: float32, little-endian.</summary>
    public required byte[] Delta { get; init; }

    /// <summary>The budget ended it.</summary>
    public bool IsCut { get; init; }

    /// <summary>Its norm was larger than allowed.</summary>
    public bool IsClipped { get; init; }
}

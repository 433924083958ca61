namespace Hmas.Contracts.Federated;

/// <summary>Asks a device to tune the last layer of the classifier that it answers with, on its own labelled windows
/// (docs/formats/head-tuning.md). Argument <see cref="Argument"/> of a command <see cref="Kind"/>.</summary>
public sealed record HeadTask
{
    public const string Kind = "tune-head";

    /// <summary>Name of the command's argument that holds this as JSON.</summary>
    public const string Argument = "task";

    /// <summary>Values of a head at most: 64 classes of an embedding of 128.</summary>
    public const int MaxValues = 8256;

    public const int MaxLabels = 200;

    /// <summary>Of the model that must be the active one.</summary>
    public required string Digest { get; init; }

    /// <summary>Echoed, so that a late answer is known as such.</summary>
    public required int Round { get; init; }

    /// <summary>Weights (O, I), then bias (O,): float32, little-endian.</summary>
    public required byte[] Head { get; init; }

    /// <summary>What the hub knows of this device's time, in order of arrival: the later of a moment wins.</summary>
    public required IReadOnlyList<HeadLabel> Labels { get; init; }

    /// <summary>Of the gradient steps.</summary>
    public float Rate { get; init; } = 0.05f;

    /// <summary>Passes over the windows.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Pull back to the head that was sent; 0: none.</summary>
    public float Proximal { get; init; }

    /// <summary>Largest L2 norm of the change that is sent back.</summary>
    public float MaxNorm { get; init; } = 1;

    /// <summary>Deviation of the noise on each value over <see cref="MaxNorm"/>; 0: none.</summary>
    public float Noise { get; init; }

    /// <summary>Windows at most.</summary>
    public int MaxWindows { get; init; } = 200;

    /// <summary>What the device may spend; it takes the smaller of this and its own bound.</summary>
    public int BudgetMs { get; init; } = 2000;

    public long Seed { get; init; } = 1;
}

/// <param name="ToUs">Inclusive.</param>
/// <param name="Class">Index in the manifest's classes; −1: none of them.</param>
public sealed record HeadLabel(long FromUs, long ToUs, int Class);

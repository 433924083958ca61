namespace Cloud.Hub.Learning.Contract;

/// <summary>Rounds in which devices tune the head of the parent on their own windows instead of a fit on what the hub
/// has: windows stay on the devices, changes of the head come back.</summary>
public sealed record FederatedRequest
{
    public int Rounds { get; init; } = 5;

    /// <summary>Devices by id; empty: all that answer with the parent and have labels, at most
    /// <see cref="MaxDevices"/>, drawn anew each round. One device: a head of its own.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    public int MaxDevices { get; init; } = 100;

    /// <summary>Fewer accepted updates change nothing.</summary>
    public int MinDevices { get; init; } = 3;

    /// <summary><c>trimmed-mean</c> (withstands one poisoned device in five), <c>median</c>, or <c>mean</c> (FedAvg: trusts everybody).</summary>
    public string Join { get; init; } = "trimmed-mean";

    /// <summary>FedAdam's rate; 0: what is joined is added as it is.</summary>
    public double ServerRate { get; init; }

    /// <summary>Pull back to the head that was sent (μ of FedProx); 0: none.</summary>
    public double Proximal { get; init; }

    /// <summary>Largest L2 norm of a device's change.</summary>
    public double MaxNorm { get; init; } = 1;

    /// <summary>Deviation of the noise that devices add to each value, over <see cref="MaxNorm"/>; 0: none.</summary>
    public double Noise { get; init; }

    /// <summary>Windows of a device at most; of one that gets a head of its own never more than 50.</summary>
    public int MaxWindows { get; init; } = 200;

    /// <summary>Milliseconds that a device may spend; its own bound may be smaller.</summary>
    public int BudgetMs { get; init; } = 2000;

    /// <summary>Seconds that a round waits for answers.</summary>
    public int RoundSeconds { get; init; } = 60;
}

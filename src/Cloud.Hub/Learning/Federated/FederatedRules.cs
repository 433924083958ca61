using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Federated;

/// <summary>Bounds of a request for federated rounds, and what its words mean.</summary>
internal static class FederatedRules
{
    private const int MaxRounds = 100;
    private const int MaxDevices = 1000;
    private const int MaxWindows = 512;
    private const int MaxSeconds = 3600;

    /// <summary>Windows that one device alone adapts from at most: nobody labels more for a new one.</summary>
    private const int MaxOwnWindows = 50;

    /// <summary>Norms beyond so many times what a device that keeps to the rules could send are no mistake of rounding.</summary>
    private const double HugeFactor = 4;

    /// <summary>Null: in order.</summary>
    public static string? Fault(TrainingRequest request)
    {
        var asked = request.Federated!;
        if (request.ParentDigest is null) return "federated rounds need a parent: the model that the devices answer with";
        if (!ClassRecipes.Has(request.Recipe)) return $"federated rounds tune the head of a classifier; recipe {request.Recipe} makes a detector";
        if (request.Transfer is not null) return "federated rounds start from the parent by themselves; leave transfer out";
        if (JoinOf(asked.Join) is null) return $"federated: join '{asked.Join}' is none of trimmed-mean, median, mean";
        if (asked.Rounds is < 1 or > MaxRounds) return $"federated: {asked.Rounds} rounds are not 1 to {MaxRounds}";
        if (asked.MaxDevices is < 1 or > MaxDevices || asked.Devices is null || asked.Devices.Count > MaxDevices)
            return $"federated: 1 to {MaxDevices} devices take part in a round";
        if (asked.MinDevices < 1 || asked.MinDevices > (asked.Devices.Count > 0 ? asked.Devices.Count : asked.MaxDevices))
            return $"federated: at least {asked.MinDevices} devices of {(asked.Devices.Count > 0 ? asked.Devices.Count : asked.MaxDevices)} cannot be had";
        if (asked.MaxWindows is < 1 or > MaxWindows) return $"federated: {asked.MaxWindows} windows are not 1 to {MaxWindows}";
        if (asked.RoundSeconds is < 1 or > MaxSeconds || asked.BudgetMs < 1 || asked.BudgetMs > asked.RoundSeconds * 1000)
            return $"federated: a round of {asked.RoundSeconds} s with {asked.BudgetMs} ms of tuning is not within 1 to {MaxSeconds} s";
        return asked is { MaxNorm: > 0 and <= 1000, Noise: >= 0 and <= 10, Proximal: >= 0 and <= 1, ServerRate: >= 0 and <= 1 }
            ? null : "federated: norm, noise, proximal or server rate is out of bounds";
    }

    /// <summary>Windows that each device may tune on.</summary>
    public static int WindowsOf(FederatedRequest asked) => asked.Devices.Count == 1 ? Math.Min(asked.MaxWindows, MaxOwnWindows) : asked.MaxWindows;

    /// <param name="headLength">Values of the head.</param>
    public static FederatedSettings Settings(FederatedRequest asked, int headLength) => new()
    {
        Aggregation = JoinOf(asked.Join)!.Value,
        MaxNorm = (float)asked.MaxNorm,
        // Noise lengthens an update by its deviation times the root of its values.
        RefusedNorm = (float)(HugeFactor * asked.MaxNorm * (1 + (asked.Noise * Math.Sqrt(headLength)))),
        MaxWeight = WindowsOf(asked),
        MinClients = asked.MinDevices,
        ServerRate = (float)asked.ServerRate,
    };

    private static Aggregation? JoinOf(string word) => word switch
    {
        "trimmed-mean" => Aggregation.TrimmedMean,
        "median" => Aggregation.Median,
        "mean" => Aggregation.Mean,
        _ => null,
    };
}

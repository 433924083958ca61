using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Search;

/// <summary>Bounds of a request for a search.</summary>
internal static class SearchRules
{
    private const int MaxTrials = 1000;
    private const int MaxHalving = 81;

    /// <summary>Null: in order.</summary>
    public static string? Fault(TrainingRequest request)
    {
        var asked = request.Search!;
        if (!ClassRecipes.Has(request.Recipe)) return $"a search tunes a classifier's recipe; recipe {request.Recipe} makes a detector";
        if (request.Federated is not null || request.Transfer is not null) return "a search makes no model: leave federated and transfer out";
        if (asked.Trials is < 1 or > MaxTrials || asked.Halving is < 1 or > MaxHalving)
            return $"search: {asked.Trials} trials with halving {asked.Halving} are not 1 to {MaxTrials} with 1 to {MaxHalving}";
        return asked.Strategy is "tpe" or "random" ? null : $"search: strategy '{asked.Strategy}' is none of tpe, random";
    }
}

using Hmas.Inference;

namespace Edge.Agent.Models;

/// <summary>A model does not get into a slot, or does not stay in it.</summary>
/// <param name="reason">Stable word of <see cref="Hmas.Contracts.Models.SlotReport.Reason"/>.</param>
/// <param name="detail">For people.</param>
internal sealed class ModelRefusal(string reason, string detail, Exception? inner = null) : Exception($"{reason}: {detail}", inner)
{
    public string Reason { get; } = reason;

    public string Detail { get; } = detail;

    /// <summary>What any error of a model's making is to the slot report.</summary>
    public static ModelRefusal Of(Exception error) => error switch
    {
        ModelRefusal refusal => refusal,
        InferenceException inference => new ModelRefusal("runtime", inference.Message, inference),
        _ => new ModelRefusal("shape", error.Message, error),
    };
}

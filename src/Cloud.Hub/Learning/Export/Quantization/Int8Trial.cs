namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>An int8 model that may be chosen, as the real runtime answers with it.</summary>
/// <param name="Answers">To the windows of the task metric.</param>
/// <param name="Loss">Of the task metric.</param>
/// <param name="SqnrDb">Of the output, on the windows that judge.</param>
internal sealed record Int8Trial(
    QuantizerSettings Settings, Int8Path Path, QuantizationPlan Plan, byte[] Onnx, List<float[]> Answers, double Loss, double SqnrDb)
{
    public bool KeepsTask => Loss <= Int8Facts.MaxTaskLoss;

    /// <summary>Whether the gate has nothing against its numbers.</summary>
    public bool Passes => KeepsTask && SqnrDb >= Int8Facts.SqnrLimit(Settings.Headroom);
}

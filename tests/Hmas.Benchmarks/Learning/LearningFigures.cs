namespace Hmas.Benchmarks.Learning;

/// <summary>The tables of the learning engine by name.</summary>
internal static class LearningFigures
{
    public static int Run(string figure, string filter) => figure switch
    {
        "training-peer" => TrainingPeer.Run(filter),
        "quantization" => QuantizationFigures.Run(filter),
        "skab-fits" => SkabFits.Run(),
        "meta-learning" => MetaFigures.Run(filter),
        _ => SearchFigures.Run(),
    };
}

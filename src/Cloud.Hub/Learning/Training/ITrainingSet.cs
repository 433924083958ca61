namespace Cloud.Hub.Learning.Training;

/// <summary>Samples to fit on, by index. Read from one thread.</summary>
internal interface ITrainingSet
{
    int Count { get; }

    /// <summary>Shape of an input.</summary>
    Shape Input { get; }

    /// <param name="input">(Length, Channels), time-major, overwritten.</param>
    /// <param name="target">The loss's target, overwritten.</param>
    /// <param name="random">Of this sample in this epoch, for augmentation; null when the sample is only judged.</param>
    void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random);
}

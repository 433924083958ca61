using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Related tasks, such as the devices of a fleet: what one learns helps the next to start.</summary>
internal interface ITaskFamily
{
    ITargetLoss Loss { get; }

    /// <summary>Draws a task and examples of it: inputs (rows, inputs) and targets (rows, outputs), row-major.</summary>
    void Draw(SeededRandom random, Span<float> inputs, Span<float> targets);
}

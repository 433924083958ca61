namespace Cloud.Hub.Learning.Training;

/// <summary>A fixed share of a batch: one worker at a time runs it, into its own gradient sums. How a batch is cut depends
/// on its size alone, so the bits do not depend on the number of threads.</summary>
internal sealed unsafe class Lane(int index)
{
    public int Index { get; } = index;

    /// <summary>First sample of the batch in this lane.</summary>
    public int From { get; set; }

    /// <summary>One past the last.</summary>
    public int To { get; set; }

    /// <summary>Sums of this lane, laid out as the network's values; null when nothing is learnt.</summary>
    public float* Gradients { get; set; }

    /// <summary>Whether dropout drops and batch norm takes the batch's own statistics.</summary>
    public bool IsTraining { get; set; }

    /// <summary>Seed of the step, for what is random inside it.</summary>
    public ulong StepSeed { get; set; }
}

namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>What a step makes smaller: a mean over the batch.</summary>
internal abstract class Loss
{
    public abstract string Name { get; }

    /// <summary>Shape of one target for a network's output.</summary>
    public abstract Shape TargetOf(Shape output);

    /// <summary>Settles what the mean is taken over, before the lanes begin.</summary>
    public abstract void Prepare(int count, Sequence target);

    /// <summary>Whether a sample's loss depends on the others: all lanes then meet before it, and <see cref="Join"/> is called once.</summary>
    public virtual bool ComparesSamples => false;

    /// <summary>Sees all answers of samples [0, count) before the lanes evaluate.</summary>
    public virtual void Join(int count, Sequence prediction, Sequence target)
    {
    }

    /// <summary>This lane's part of the mean loss; writes the gradient of its samples.</summary>
    public abstract double Evaluate(Lane lane, Sequence prediction, Sequence target, Sequence gradient);
}

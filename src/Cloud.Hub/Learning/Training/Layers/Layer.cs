namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>One step of a network with its own gradient. Layers are sample-wise unless they are an <see cref="IBatchLayer"/>.</summary>
internal abstract class Layer : IDisposable
{
    /// <summary>Word in summaries and messages.</summary>
    public abstract string Kind { get; }

    public Shape Input { get; private set; }

    public Shape Output { get; private set; }

    /// <summary>Place in the network, part of dropout's stream.</summary>
    public int Position { get; private set; }

    /// <summary>Zero rows that Forward reads around its input.</summary>
    public virtual Halo InputHalo => default;

    /// <summary>Rows behind its output that Forward writes and clears.</summary>
    public virtual Halo OutputWriteHalo => default;

    /// <summary>Zero rows that Backward reads around the output's gradient.</summary>
    public virtual Halo GradientHalo => default;

    /// <summary>Rows behind the input's gradient that Backward writes and clears.</summary>
    public virtual Halo GradientWriteHalo => default;

    /// <summary>What is learnt; known after <see cref="Bind"/>.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>What is kept with the weights and is not learnt by gradient.</summary>
    public virtual IReadOnlyList<Parameter> States => [];

    /// <summary>Settles shapes; once.</summary>
    /// <exception cref="ArgumentException">The input does not fit; the message names layer and shape.</exception>
    public void Bind(Shape input, int position)
    {
        Position = position;
        Input = input;
        Output = OnBind(input);
        if (Output.Length < 1 || Output.Channels < 1) throw new ArgumentException($"layer {position} ({Kind}) makes {Output} of {input}");
    }

    /// <summary>First values; called once after the parameters have their memory.</summary>
    public virtual void Initialise(SeededRandom random)
    {
    }

    /// <summary>Re-lays weights after they changed, before the next Forward.</summary>
    public virtual void Prepare()
    {
    }

    public abstract void Forward(Lane lane, Sequence input, Sequence output);

    /// <summary>Adds this lane's gradients and writes the input's.</summary>
    /// <param name="inputGradient">Null for the first layer.</param>
    public abstract void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract Shape OnBind(Shape input);

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Uniform ±1/√fanIn: what PyTorch starts convolutions and dense layers with (Kaiming uniform, a = √5).</summary>
    protected static void FillUniform(Parameter parameter, int fanIn, SeededRandom random)
    {
        var bound = 1f / MathF.Sqrt(fanIn);
        foreach (ref var value in parameter.Span) value = ((2 * random.NextSingle()) - 1) * bound;
    }
}

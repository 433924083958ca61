namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>A loss at the end of a <see cref="DenseChain"/>, with the derivatives that meta-learning of second
/// order needs. Without state: all of it stands in the buffers.</summary>
internal interface ITargetLoss
{
    /// <summary>The loss, and what its gradient and curvature are made of.</summary>
    /// <param name="outputs">(rows, width), kept by the chain until <see cref="Curve"/>.</param>
    /// <param name="targets">(rows, width).</param>
    /// <param name="gradient">(rows, width), overwritten: of the loss with respect to the outputs.</param>
    double Evaluate(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int width, Span<float> gradient);

    /// <summary>Hessian of the loss with respect to the outputs × a direction.</summary>
    /// <param name="outputs">Those of the last <see cref="Evaluate"/>.</param>
    /// <param name="moved">The direction, (rows, width).</param>
    /// <param name="product">(rows, width), overwritten.</param>
    void Curve(ReadOnlySpan<float> outputs, ReadOnlySpan<float> moved, int width, Span<float> product);
}

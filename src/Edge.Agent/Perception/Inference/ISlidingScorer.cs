namespace Edge.Agent.Perception.Inference;

/// <summary>A model that can go on from its last window with one row, where its recipe allows that.</summary>
internal interface ISlidingScorer : IWindowScorer
{
    bool Slides { get; }

    /// <summary>Scores the window that ends one row after the one scored last in this run; the same answer as
    /// <see cref="IWindowScorer.Score"/> of it.</summary>
    /// <param name="row">Shape (C,), channel order of the manifest; NaN is missing.</param>
    /// <remarks>No allocation.</remarks>
    WindowScore ScoreNext(ReadOnlySpan<float> row);
}

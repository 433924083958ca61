namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>A layer whose answer for one sample depends on the whole batch: lanes gather sums, the
/// sums are joined in lane order, then the lanes go on.</summary>
internal interface IBatchLayer
{
    void BeginForward(Lane lane, Sequence input);

    /// <param name="rows">Rows of the batch: samples × length.</param>
    void JoinForward(int lanes, int rows);

    void BeginBackward(Lane lane, Sequence input, Sequence outputGradient);

    void JoinBackward(int lanes);
}

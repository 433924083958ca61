namespace Cloud.Hub.Learning.Corpora;

/// <summary>One call of <c>hmas-hub score</c>.</summary>
/// <param name="Data">Folder of the files to score.</param>
/// <param name="TrainData">Folder of the files whose labels are known.</param>
/// <param name="Out">Folder that receives one file of predictions per scored file; made when missing.</param>
/// <param name="Report">What a person reads.</param>
internal sealed record ScoreRequest(string Data, string TrainData, string Out, TextWriter Report)
{
    /// <summary>Both folders are one: the set itself leaves out what it scores.</summary>
    public bool LeavesOut =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Data)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(TrainData));
}

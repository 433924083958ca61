namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>A window that has an answer.</summary>
/// <param name="Index">What the file of predictions calls it.</param>
/// <param name="Row">Its last row.</param>
/// <param name="Class">Index of the true class.</param>
internal readonly record struct Moment(int Index, int Row, int Class);

namespace Cloud.Hub.Learning.Studies;

/// <summary>What a study found.</summary>
/// <param name="Curves">Points from left to right; y is a share of right answers in percent.</param>
internal sealed record StudyResult(string Title, string XName, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> Curves);

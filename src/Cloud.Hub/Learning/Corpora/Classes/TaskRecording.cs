namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>All labelled windows of one recording: what one device, worn or mounted one way, would have to tell apart.</summary>
/// <param name="Group">As <see cref="Recording.Group"/>.</param>
/// <param name="IsCopy">A simulated variant of another recording, such as a phone that sits otherwise.</param>
internal sealed record TaskRecording(string Group, bool IsCopy, IReadOnlyList<ClassSample> Samples);

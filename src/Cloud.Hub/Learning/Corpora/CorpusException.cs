namespace Cloud.Hub.Learning.Corpora;

/// <summary>Recordings that cannot be scored; the message names file, row and field.</summary>
internal sealed class CorpusException(string message) : Exception(message);

namespace Cloud.Hub.Learning;

/// <summary>A run cannot give a model from the data there are; the message says what is missing.</summary>
internal sealed class TrainingRefusedException(string message) : Exception(message);

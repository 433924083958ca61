namespace Cloud.Hub.Host;

/// <summary>The hub cannot start as told. The message is one line for the person who started it: what, where, and what to do.</summary>
public sealed class HubStartException(string message, Exception? inner = null) : Exception(message, inner);

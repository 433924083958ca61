namespace Operator.Cli.Hub;

/// <summary>The hub understood and said no; the message is its own.</summary>
internal sealed class HubRefusal(string message) : Exception(message);

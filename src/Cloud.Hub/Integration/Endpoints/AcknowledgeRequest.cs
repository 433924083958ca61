namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Label"><c>normal</c> says that the alarm was false; <c>anomaly</c> or a fault name says that it was right.</param>
internal sealed record AcknowledgeRequest(string? Label);

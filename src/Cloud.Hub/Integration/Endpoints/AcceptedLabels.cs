namespace Cloud.Hub.Integration.Endpoints;

internal sealed record AcceptedLabels(int Accepted);

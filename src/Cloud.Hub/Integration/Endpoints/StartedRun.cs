namespace Cloud.Hub.Integration.Endpoints;

internal sealed record StartedRun(string RunId);

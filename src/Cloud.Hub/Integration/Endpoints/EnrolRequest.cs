namespace Cloud.Hub.Integration.Endpoints;

internal sealed record EnrolRequest(string? SiteId, string? DeviceId);

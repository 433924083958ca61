namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Who">Who approves, at most 63 characters.</param>
/// <param name="Note">What he looked at, at most 500 characters; may be missing.</param>
internal sealed record ApprovalRequest(string? Who, string? Note);

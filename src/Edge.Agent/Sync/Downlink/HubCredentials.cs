using System.Net.Http.Headers;
using System.Text;

namespace Edge.Agent.Sync.Downlink;

/// <summary>How the device names itself over HTTP.</summary>
internal static class HubCredentials
{
    /// <summary>Basic authentication; null without a password.</summary>
    public static AuthenticationHeaderValue? Of(string deviceId, string? password) =>
        password is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{deviceId}:{password}")));
}

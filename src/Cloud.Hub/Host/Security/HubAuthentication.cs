using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Host.Security;

/// <summary>Who calls, over REST, WebSocket and gRPC alike. This one handler is the seam: OAuth2 tokens and
/// client certificates will enter here and give the same role claims.</summary>
/// <remarks><c>Authorization: Bearer …</c> for people and services; <c>Authorization: Basic device:password</c> for
/// devices. Devices that speak hawkBit's protocol send <c>TargetToken password</c>, or
/// <c>GatewayToken token</c> of whoever may enrol devices; which device they are stands in the address. A browser cannot set a header
/// on a WebSocket, so there the token may come as subprotocol <c>bearer.TOKEN</c> beside
/// <c>hmas</c>; never in the address, which lands in logs.</remarks>
internal sealed class HubAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    HubTokens tokens, IDeviceCredentials devices, FailedSignIns failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "hmas";

    /// <summary>Name of the route value in which an address names the device that calls.</summary>
    public const string DeviceRouteValue = "deviceId";

    private const int MaxHeader = 512;
    private const string TargetToken = "TargetToken ";
    private const string GatewayToken = "GatewayToken ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers[HeaderNames.Authorization].ToString();
        if (header.Length == 0) header = FromSubprotocol();
        if (header.Length == 0) return AuthenticateResult.NoResult();

        var caller = Context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (failures.IsBlocked(caller))
        {
            Context.Items[typeof(FailedSignIns)] = true;
            return AuthenticateResult.Fail("too many wrong credentials from this address");
        }

        var identity = header.Length <= MaxHeader ? await IdentifyAsync(header) : null;
        if (identity is not null) return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
        failures.Count(caller);
        return AuthenticateResult.Fail("wrong credentials");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Context.Items.ContainsKey(typeof(FailedSignIns)))
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = "60";
            return Task.CompletedTask;
        }

        Response.Headers.WWWAuthenticate = "Bearer realm=\"hmas\"";
        return base.HandleChallengeAsync(properties);
    }

    private string FromSubprotocol()
    {
        foreach (var offered in Context.WebSockets.WebSocketRequestedProtocols)
        {
            if (offered.StartsWith("bearer.", StringComparison.Ordinal)) return "Bearer " + offered["bearer.".Length..];
        }

        return "";
    }

    private async Task<ClaimsIdentity?> IdentifyAsync(string header)
    {
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return tokens.RoleOf(header["Bearer ".Length..].Trim()) is { } role ? Identity(role, role) : null;
        }

        if (Context.GetRouteValue(DeviceRouteValue) is string named && Hmas.Contracts.Ids.IsValid(named))
        {
            if (header.StartsWith(TargetToken, StringComparison.Ordinal))
                return await devices.AreValidAsync(named, header[TargetToken.Length..].Trim(), Context.RequestAborted)
                    ? Identity(named, HubRoles.Device) : null;
            if (header.StartsWith(GatewayToken, StringComparison.Ordinal))
                return tokens.RoleOf(header[GatewayToken.Length..].Trim()) == HubRoles.Enrolment ? Identity(named, HubRoles.Device) : null;
        }

        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            || !TryDecode(header["Basic ".Length..].Trim(), out var device, out var password))
        {
            return null;
        }

        return await devices.AreValidAsync(device, password, Context.RequestAborted) ? Identity(device, HubRoles.Device) : null;
    }

    private static ClaimsIdentity Identity(string name, string role) =>
        new([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], Scheme);

    private static bool TryDecode(string encoded, out string device, out string password)
    {
        device = password = "";
        Span<byte> bytes = stackalloc byte[MaxHeader];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length)) return false;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':');
        if (colon <= 0 || !Hmas.Contracts.Ids.IsValid(text.AsSpan(0, colon))) return false;
        device = text[..colon];
        password = text[(colon + 1)..];
        return true;
    }
}

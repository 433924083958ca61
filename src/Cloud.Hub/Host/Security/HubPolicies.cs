using Microsoft.AspNetCore.Authorization;

namespace Cloud.Hub.Host.Security;

/// <summary>Names for <c>RequireAuthorization</c>. An endpoint that names none is for operators.</summary>
public static class HubPolicies
{
    public const string Operator = nameof(Operator);

    /// <summary>Operators and holders of the enrolment token.</summary>
    public const string Enrolment = nameof(Enrolment);

    /// <summary>Operators and devices.</summary>
    public const string Artefacts = nameof(Artefacts);

    /// <summary>Operators, devices, and caches that stand before devices.</summary>
    public const string Bytes = nameof(Bytes);

    internal static void Add(AuthorizationOptions options)
    {
        var operators = Roles(HubRoles.Operator);
        options.AddPolicy(Operator, operators);
        options.AddPolicy(Enrolment, Roles(HubRoles.Operator, HubRoles.Enrolment));
        options.AddPolicy(Artefacts, Roles(HubRoles.Operator, HubRoles.Device));
        options.AddPolicy(Bytes, Roles(HubRoles.Operator, HubRoles.Device, HubRoles.Cache));
        options.DefaultPolicy = operators;
        options.FallbackPolicy = operators;
    }

    private static AuthorizationPolicy Roles(params string[] roles) =>
        new AuthorizationPolicyBuilder(HubAuthentication.Scheme).RequireAuthenticatedUser().RequireRole(roles).Build();
}

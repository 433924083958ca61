using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>The page that people open. Without a token: it holds no data, and asks for one.</summary>
internal static class DashboardEndpoints
{
    /// <summary>Only our own files, no inline code, nobody may frame it.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string WithoutPage =
        """
        This is the HMAS hub. The dashboard was not built into this program: it needs Node when the hub is built
        (dotnet build src/Cloud.Hub). Everything else runs:

          REST       /api/v1        with Authorization: Bearer <operator token>
          OpenAPI    /openapi/v1.json
          events     /api/v1/events (WebSocket)
          health     /healthz
          metrics    /metrics

        """;

    public static void Map(IEndpointRouteBuilder front)
    {
        front.MapMethods("/", ["GET", "HEAD"], static (HttpContext context, [FromServices] DashboardFiles files) => PageAsync(context, files))
            .AllowAnonymous().ExcludeFromDescription();
        front.MapMethods(
            "/assets/{name}", ["GET", "HEAD"],
            static (string name, HttpContext context, [FromServices] DashboardFiles files) => files.ServeAsync(context, $"assets/{name}"))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static Task PageAsync(HttpContext context, DashboardFiles files)
    {
        if (!files.Contains("index.html")) return TypedResults.Text(WithoutPage).ExecuteAsync(context);
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        context.Response.Headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        return files.ServeAsync(context, "index.html");
    }
}

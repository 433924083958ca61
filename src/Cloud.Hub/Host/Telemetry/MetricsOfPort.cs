using System.Text;

namespace Cloud.Hub.Host.Telemetry;

/// <summary>Leaves on each port only the figures of the service whose port it is, beside those of the process:
/// one program, many services, and each is scraped for itself.</summary>
internal static class MetricsOfPort
{
    private const string Prefix = "hmas_";

    /// <param name="services">By port.</param>
    public static void UseMetricsOfPort(this IApplicationBuilder app, IReadOnlyDictionary<int, string> services) => app.UseWhen(
        static context => context.Request.Path == "/metrics",
        branch => branch.Use(async (context, next) =>
        {
            var body = context.Response.Body;
            using var whole = new MemoryStream();
            context.Response.Body = whole;
            try
            {
                await next(context);
            }
            finally
            {
                context.Response.Body = body;
            }

            if (context.Response.StatusCode == StatusCodes.Status200OK && services.TryGetValue(context.Connection.LocalPort, out var service))
            {
                await body.WriteAsync(
                    Encoding.UTF8.GetBytes(Keep(Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length), service)), context.RequestAborted);
            }
            else
            {
                await body.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length), context.RequestAborted);
            }
        }));

    /// <summary>The text without lines about other services. A line is a comment that names its metric third, or a metric with its value.</summary>
    /// <param name="text">Prometheus' or OpenMetrics' text format.</param>
    /// <param name="service">The front shows Integration's, whose port it is too.</param>
    public static string Keep(string text, string service)
    {
        var own = service == HubServices.Front ? HubServices.Integration : service;
        var others = HubServices.All.Where(other => other != own).Select(static other => $"{Prefix}{other}_").ToArray();
        var kept = new StringBuilder(text.Length);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty) continue;
            var name = line.StartsWith("# ", StringComparison.Ordinal) && line[2..].IndexOf(' ') is var space and > 0 ? line[(space + 3)..] : line;
            if (!IsOf(name, others)) kept.Append(line).Append('\n');
        }

        return kept.ToString();
    }

    private static bool IsOf(ReadOnlySpan<char> name, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}

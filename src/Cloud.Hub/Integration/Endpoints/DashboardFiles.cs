using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>The built dashboard, held in memory: a few small files, each once as it is and once compressed.</summary>
internal sealed class DashboardFiles
{
    private readonly FrozenDictionary<string, Asset> _assets;

    public DashboardFiles(string folder, ILogger<DashboardFiles> logger)
    {
        _assets = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .ToFrozenDictionary(path => Path.GetRelativePath(folder, path), Load, StringComparer.Ordinal)
            : FrozenDictionary<string, Asset>.Empty;
        if (!_assets.ContainsKey("index.html")) logger.NoDashboard(folder);
    }

    public bool Contains(string name) => _assets.ContainsKey(name);

    /// <summary>Answers with the file, 304 or 404.</summary>
    public async Task ServeAsync(HttpContext context, string name)
    {
        if (!_assets.TryGetValue(name, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = context.Response.Headers;
        headers.ETag = asset.Tag;
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.XContentTypeOptions = "nosniff";
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var compressed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);
        var bytes = compressed ? asset.Brotli : asset.Bytes;
        if (compressed) headers.ContentEncoding = "br";
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static Asset Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) brotli.Write(bytes);
        return new Asset(bytes, compressed.ToArray(), ContentType(path), $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };

    private sealed record Asset(byte[] Bytes, byte[] Brotli, string ContentType, string Tag);
}

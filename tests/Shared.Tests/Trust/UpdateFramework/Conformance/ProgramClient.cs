using System.Diagnostics;
using Hmas.Testing;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>A program that speaks the public conformance suite's command line; another time is made for it by Debian's <c>faketime</c>.</summary>
public sealed class ProgramClient(string program) : IClientUnderTest
{
    public Task<int> InitAsync(string metadataFolder, string rootFile) => RunAsync(null, ["--metadata-dir", metadataFolder, "init", rootFile]);

    public Task<int> RefreshAsync(string metadataFolder, string metadataUrl, DateTimeOffset? now) =>
        RunAsync(now, ["--metadata-url", metadataUrl, "--metadata-dir", metadataFolder, "refresh"]);

    public Task<int> DownloadAsync(
        string metadataFolder, string metadataUrl, string targetFolder, string targetUrl, IReadOnlyList<string> names, DateTimeOffset? now) =>
        RunAsync(now,
        [
            "--metadata-url", metadataUrl, "--metadata-dir", metadataFolder, .. names.SelectMany(name => new[] { "--target-name", name }),
            "--target-dir", targetFolder, "--target-base-url", targetUrl, "download",
        ]);

    private async Task<int> RunAsync(DateTimeOffset? now, IReadOnlyList<string> arguments)
    {
        List<string> line = now is { } time ? ["faketime", $"{time:yyyy-MM-dd HH:mm:ss}+00:00", program, .. arguments] : [program, .. arguments];
        var start = new ProcessStartInfo(line[0], line.Skip(1));
        // A proxy that nobody could use: it must not be asked for loopback addresses.
        start.Environment["http_proxy"] = "http://127.0.0.1:1";
        var end = await Tool.TryAsync(start);
        return end.Code is 0 or 1 ? end.Code : throw new InvalidOperationException($"exit code {end.Code}: {end.Said}");
    }
}

using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;
using Microsoft.Extensions.Time.Testing;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>The library in this process, by the steps of the program, with a clock that a test can move.</summary>
public sealed class InProcessClient : IClientUnderTest
{
    public UpdateLimits Limits { get; set; } = new();

    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    /// <summary>Why the last command ended with 1; null when it ended with 0.</summary>
    public UpdateException? Refusal { get; private set; }

    public Task<int> InitAsync(string metadataFolder, string rootFile) => ExitCodeAsync(() =>
    {
        UpdateClient.Initialise(new MetadataFolder(metadataFolder), File.ReadAllBytes(rootFile));
        return Task.CompletedTask;
    });

    public Task<int> RefreshAsync(string metadataFolder, string metadataUrl, DateTimeOffset? now) => RefreshAsync(metadataFolder, [metadataUrl], now);

    public Task<int> RefreshAsync(string metadataFolder, IReadOnlyList<string> metadataUrls, DateTimeOffset? now = null) => ExitCodeAsync(async () =>
    {
        using var fetcher = new HttpFetcher(Limits, Time);
        await ClientAt(metadataFolder, metadataUrls, fetcher, now).RefreshAsync(default);
    });

    public Task<int> DownloadAsync(
        string metadataFolder, string metadataUrl, string targetFolder, string targetUrl, IReadOnlyList<string> names, DateTimeOffset? now) =>
        DownloadAsync(metadataFolder, metadataUrl, targetFolder, [targetUrl], names, now);

    public Task<int> DownloadAsync(
        string metadataFolder, string metadataUrl, string targetFolder, IReadOnlyList<string> targetUrls, IReadOnlyList<string> names,
        DateTimeOffset? now = null) =>
            ExitCodeAsync(async () =>
    {
        using var fetcher = new HttpFetcher(Limits, Time);
        var client = ClientAt(metadataFolder, [metadataUrl], fetcher, now);
        await client.RefreshAsync(default);
        foreach (var name in names)
            await client.DownloadAsync(await client.FindAsync(name, default), new Mirrors(targetUrls), new TargetFolder(targetFolder), default);
    });

    private UpdateClient ClientAt(string metadataFolder, IReadOnlyList<string> metadataUrls, HttpFetcher fetcher, DateTimeOffset? now) =>
        new(new MetadataFolder(metadataFolder), new Mirrors(metadataUrls), fetcher, Limits, now is { } time ? new FakeTimeProvider(time) : Time);

    private async Task<int> ExitCodeAsync(Func<Task> command)
    {
        try
        {
            Refusal = null;
            await command();
            return 0;
        }
        catch (UpdateException e)
        {
            Refusal = e;
            return 1;
        }
    }
}

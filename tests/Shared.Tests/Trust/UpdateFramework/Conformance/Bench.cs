using System.Text.Json.Nodes;
using Hmas.Testing;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>A repository, its server and a client with empty folders: what a test needs, and what it looks at afterwards.</summary>
public sealed class Bench : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IClientUnderTest _client;
    private readonly LoopbackServer _server;

    public Bench(IClientUnderTest client)
    {
        _client = client;
        Repository = new SimulatedRepository(Now);
        Answer = path => Reply.Of(Repository.Fetch(path));
        _server = new LoopbackServer(path => Answer(path));
        TrustedRoot = Repository.Published["root"][0];
        Directory.CreateDirectory(MetadataFolder);
        Directory.CreateDirectory(TargetFolder);
    }

    /// <summary>Whole seconds, as metadata has them.</summary>
    public DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    public SimulatedRepository Repository { get; }

    /// <summary>What the server says to a path; a test may put another server's word in its mouth.</summary>
    public Func<string, Reply> Answer { get; set; }

    public byte[] TrustedRoot { get; set; }

    public string MetadataFolder => _folder.File("metadata");

    public string TargetFolder => _folder.File("targets");

    public string MetadataUrl => $"{_server.Address}/metadata/";

    public string TargetUrl => $"{_server.Address}/targets/";

    public async Task<int> InitAsync()
    {
        var file = _folder.File("initial_root.json");
        await File.WriteAllBytesAsync(file, TrustedRoot);
        return await _client.InitAsync(MetadataFolder, file);
    }

    public Task<int> RefreshAsync(DateTimeOffset? now = null) => _client.RefreshAsync(MetadataFolder, MetadataUrl, now);

    public Task<int> DownloadAsync(params string[] names) => DownloadAsync(null, names);

    public Task<int> DownloadAsync(DateTimeOffset? now, params string[] names) =>
        _client.DownloadAsync(MetadataFolder, MetadataUrl, TargetFolder, TargetUrl, names, now);

    public byte[]? Trusted(string role)
    {
        var file = Path.Combine(MetadataFolder, $"{role}.json");
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    public int? VersionOf(string role) => Trusted(role) is { } bytes ? (int)JsonNode.Parse(bytes)!["signed"]!["version"]! : null;

    /// <summary>All trusted metadata as <c>name version</c>, by name.</summary>
    public IReadOnlyList<string> TrustedRoles() =>
        [.. Directory.EnumerateFiles(MetadataFolder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
            .Select(role => $"{role} {VersionOf(role)}")];

    /// <summary>Contents of the target folder, the oldest first, as texts.</summary>
    public IReadOnlyList<string> Downloaded() =>
        [.. new DirectoryInfo(TargetFolder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc)
            .Select(file => File.ReadAllText(file.FullName))];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}

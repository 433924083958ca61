namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>A client as its command line shows it: three commands with an exit code.</summary>
public interface IClientUnderTest
{
    Task<int> InitAsync(string metadataFolder, string rootFile);

    /// <param name="now">The client's clock; null: the present.</param>
    Task<int> RefreshAsync(string metadataFolder, string metadataUrl, DateTimeOffset? now);

    /// <param name="now">The client's clock; null: the present.</param>
    Task<int> DownloadAsync(
        string metadataFolder, string metadataUrl, string targetFolder, string targetUrl, IReadOnlyList<string> names, DateTimeOffset? now);
}

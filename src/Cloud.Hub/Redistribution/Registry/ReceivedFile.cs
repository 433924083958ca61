namespace Cloud.Hub.Redistribution.Registry;

/// <summary>A file that came in and is not listed yet.</summary>
/// <param name="Digest">Of its bytes.</param>
internal sealed record ReceivedFile(string Path, long Bytes, string Digest) : IDisposable
{
    public FileStream Open() => File.OpenRead(Path);

    public void Dispose() => File.Delete(Path);
}

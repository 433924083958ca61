using System.Buffers;
using System.Security.Cryptography;
using Cloud.Hub.Host;
using Hmas.Contracts.Artefacts;
using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Artefacts on disk by digest: <c>artefacts/sha256/ab/abcd….hmas</c>, whatever the kind. A
/// file is written once, whole, and never changed.</summary>
internal sealed class ArtefactFolder : IDisposable
{
    private const int ChunkBytes = 64 << 10;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _root;
    private readonly string _incoming;

    public ArtefactFolder(HubPaths paths)
    {
        _root = paths.Folder("artefacts");
        _incoming = Path.Combine(_root, "incoming");
        // What a killed hub left half received.
        if (Directory.Exists(_incoming)) Directory.Delete(_incoming, recursive: true);
        Directory.CreateDirectory(_incoming);
    }

    /// <summary>Differences between artefacts.</summary>
    public string Deltas => Path.Combine(_root, "deltas");

    /// <summary>Artefacts as lists of chunks.</summary>
    public string Chunks => Path.Combine(_root, "chunks");

    /// <exception cref="ArgumentException">No digest.</exception>
    public string PathOf(string digest)
    {
        var hex = ArtefactDigest.Hex(digest);
        return Path.Combine(_root, "sha256", hex[..2], hex + ".hmas");
    }

    /// <summary>One at a time: a file and its row are added together, or a file without a row is deleted. Leave by disposing.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        return new Turn(_gate);
    }

    /// <summary>Digests that have a file, and when it was written.</summary>
    public IEnumerable<(string Digest, DateTimeOffset WrittenAt)> Files()
    {
        var folder = Path.Combine(_root, "sha256");
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*.hmas", SearchOption.AllDirectories))
        {
            var digest = $"sha256:{Path.GetFileNameWithoutExtension(path)}";
            if (ArtefactDigest.IsValid(digest)) yield return (digest, File.GetLastWriteTimeUtc(path));
        }
    }

    public void Delete(string digest) => File.Delete(PathOf(digest));

    public void Dispose() => _gate.Dispose();

    /// <summary>On disk when this returns.</summary>
    public void Put(string digest, ReadOnlySpan<byte> file) => AtomicFile.Write(Placed(digest), file);

    /// <summary>The same for a file that was received; a digest that is there already stays as it is.</summary>
    public async Task PutAsync(string digest, ReceivedFile file, CancellationToken cancellation)
    {
        var path = Placed(digest);
        if (File.Exists(path)) return;
        await using var from = file.Open();
        await AtomicFile.WriteAsync(path, to => from.CopyToAsync(to, cancellation));
    }

    /// <summary>The same for what is judged before it appears.</summary>
    /// <param name="write">Writes, and says whether that is the artefact.</param>
    public async Task<bool> TryPutAsync(string digest, Func<Stream, Task<bool>> write)
    {
        var path = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                if (!await write(file)) return false;
                file.Flush(flushToDisk: true);
            }

            File.Move(path, Placed(digest), overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Takes a stream in, to be judged; disposing it deletes the file.</summary>
    /// <exception cref="ArgumentException">It is empty, or longer than <paramref name="maxBytes"/>.</exception>
    public async Task<ReceivedFile> ReceiveAsync(Stream content, long maxBytes, CancellationToken cancellation)
    {
        var path = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long length = 0;
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                int read;
                while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
                {
                    length += read;
                    if (length > maxBytes)
                        throw new ArgumentException($"the file is larger than {maxBytes} bytes, which is what this hub takes of its kind");
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                }
            }

            return length > 0
                ? new ReceivedFile(path, length, ArtefactDigest.Of(hash.GetHashAndReset())) : throw new ArgumentException("the file is empty");
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }

    private string Placed(string digest)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}

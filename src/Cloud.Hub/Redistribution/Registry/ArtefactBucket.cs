using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Chunks;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Artefacts in an S3 bucket: <c>artefacts/SHA256</c>, and <c>chunks/SHA256</c> as devices ask for them, so that they need not ask
/// the hub. Any thread.</summary>
/// <remarks>Any S3 service will do: addresses have the bucket in their path, bodies go in one piece, checksums of newer protocols are not asked
/// for. What it gives is not believed: the caller knows the hash. Errors are <see cref="AmazonServiceException"/> and those of HTTP.</remarks>
internal sealed class ArtefactBucket : IDisposable
{
    public const string Artefacts = "artefacts/";
    public const string Chunks = "chunks/";

    private const int PutsAtOnce = 8;

    private readonly BucketOptions _options;
    private readonly AmazonS3Client? _client;

    public ArtefactBucket(IOptions<RedistributionOptions> options)
    {
        _options = options.Value.Bucket;
        if (_options.Endpoint.Length == 0) return;
        _client = new AmazonS3Client(
            new BasicAWSCredentials(_options.AccessKey, File.ReadAllText(_options.SecretKeyFile).Trim()),
            new AmazonS3Config
            {
                ServiceURL = _options.Endpoint, ForcePathStyle = true, AuthenticationRegion = _options.Region,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
    }

    /// <summary>Whether there is one.</summary>
    public bool IsThere => _client is not null;

    private AmazonS3Client Client => _client ?? throw new InvalidOperationException("no bucket is set");

    /// <summary>Puts an artefact and its chunks there, the chunks first; one that is there stays as it is.</summary>
    /// <param name="path">Of its file.</param>
    public async Task PutAsync(string digest, string path, CancellationToken cancellation)
    {
        var key = Artefacts + ArtefactDigest.Hex(digest);
        if (await IsKnownAsync(key, cancellation)) return;
        IReadOnlyList<Chunk> chunks;
        await using (var file = File.OpenRead(path)) chunks = ChunkList.Of(file);
        using var handle = File.OpenHandle(path);
        await Parallel.ForEachAsync(
            chunks, new ParallelOptions { MaxDegreeOfParallelism = PutsAtOnce, CancellationToken = cancellation },
            async (chunk, ct) =>
            {
                var bytes = new byte[chunk.Length];
                await RandomAccess.ReadAsync(handle, bytes, chunk.Offset, ct);
                using var body = new MemoryStream(bytes);
                await PutAsync(Chunks + chunk.Hash, body, ct);
            });
        await using var whole = File.OpenRead(path);
        await PutAsync(key, whole, cancellation);
    }

    /// <summary>Copies an artefact's bytes; false: it is not there.</summary>
    public async Task<bool> TryReadAsync(string digest, Stream to, CancellationToken cancellation)
    {
        try
        {
            using var reply = await Client.GetObjectAsync(_options.Name, Artefacts + ArtefactDigest.Hex(digest), cancellation);
            await reply.ResponseStream.CopyToAsync(to, cancellation);
            return true;
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Keys that begin so, and when each was written.</summary>
    public async Task<IReadOnlyList<(string Key, DateTimeOffset WrittenAt)>> ListAsync(string prefix, CancellationToken cancellation)
    {
        var found = new List<(string, DateTimeOffset)>();
        var request = new ListObjectsV2Request { BucketName = _options.Name, Prefix = prefix };
        while (true)
        {
            var page = await Client.ListObjectsV2Async(request, cancellation);
            foreach (var entry in page.S3Objects ?? [])
                found.Add((entry.Key, new DateTimeOffset(entry.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch)));
            if (page.IsTruncated != true) return found;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellation) => Client.DeleteObjectAsync(_options.Name, key, cancellation);

    public void Dispose() => _client?.Dispose();

    private async Task<bool> IsKnownAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await Client.GetObjectMetadataAsync(_options.Name, key, cancellation);
            return true;
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task PutAsync(string key, Stream body, CancellationToken cancellation) => await Client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = _options.Name, Key = key, InputStream = body, ContentType = "application/octet-stream", UseChunkEncoding = false,
            AutoCloseStream = false, Headers = { CacheControl = Endpoints.ArtefactEndpoints.Immutable },
        },
        cancellation);
}

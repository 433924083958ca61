using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Chunks;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Redistribution.Registry;

/// <summary>Artefacts in the bucket of an S3 service.</summary>
public sealed class BucketStoreTests : ArtefactStoreTests
{
    private static readonly HttpClient _anybody = new();

    private S3Server _server = null!;
    private bool _isSet = true;
    private Uri? _endpoint;

    public override async Task InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_hub_that_lost_its_disk_has_its_artefacts_back_models_too()
    {
        var file = Bytes(5, 150_000);
        var digest = await AddAsync("agent", file);
        var model = await RedistributionScene.AddModelAsync(Hub, 1);
        var package = await File.ReadAllBytesAsync(Hub.Get<ArtefactFolder>().PathOf(model.Digest));
        Directory.Delete(Path.Combine(Hub.Folder, "artefacts"), recursive: true);
        await RestartAsync();
        await GivesAsync(digest, file);
        await GivesAsync(model.Digest, package);
    }

    [Fact]
    public async Task What_the_bucket_gives_is_not_believed()
    {
        var digest = await AddAsync("agent", Bytes(6, 10_000));
        await OverwriteAsync(ArtefactBucket.Artefacts + ArtefactDigest.Hex(digest), Bytes(9, 10_000));
        File.Delete(Hub.Get<ArtefactFolder>().PathOf(digest));
        using var client = Hub.Http(HubServices.Redistribution);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"/artefacts/{digest}", UriKind.Relative))).StatusCode);
        Assert.False(File.Exists(Hub.Get<ArtefactFolder>().PathOf(digest)));
    }

    [Fact]
    public async Task What_was_there_before_the_bucket_was_set_is_put_into_it()
    {
        _isSet = false;
        await RestartAsync();
        var file = Bytes(7, 150_000);
        var digest = await AddAsync("agent", file);
        _isSet = true;
        await RestartAsync();
        Assert.False(await HoldsAsync(digest, file));
        await CollectAsync(TimeProvider.System);
        Assert.True(await HoldsAsync(digest, file));
    }

    [Fact]
    public async Task Nothing_is_listed_that_the_bucket_does_not_have()
    {
        _endpoint = new Uri("http://127.0.0.1:1/");
        await RestartAsync();
        var failed = await Record.ExceptionAsync(() => AddAsync("agent", Bytes(8, 1_000)));
        Assert.True(failed is HttpRequestException or AmazonServiceException or AmazonClientException, $"{failed}");
        Assert.Empty(await Hub.Get<IArtefactRegistry>().ListAsync(null, default));
    }

    /// <summary>As somebody does who may write into the bucket.</summary>
    private async Task OverwriteAsync(string key, byte[] bytes)
    {
        var secret = (await File.ReadAllTextAsync(_server.SecretKeyFile)).Trim();
        using var client = new AmazonS3Client(
            new BasicAWSCredentials(_server.AccessKey, secret),
            new AmazonS3Config { ServiceURL = _server.Address.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1",
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED });
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = _server.Bucket, Key = key, InputStream = new MemoryStream(bytes), UseChunkEncoding = false });
    }

    internal override Dictionary<string, string?> Settings() => !_isSet ? [] : new()
    {
        ["Redistribution:Bucket:Endpoint"] = (_endpoint ?? _server.Address).ToString(), ["Redistribution:Bucket:Name"] = _server.Bucket,
        ["Redistribution:Bucket:AccessKey"] = _server.AccessKey, ["Redistribution:Bucket:SecretKeyFile"] = _server.SecretKeyFile,
    };

    /// <summary>As a device asks that has the bucket among its sources: without the hub, and without a signature.</summary>
    internal override async Task<bool> HoldsAsync(string digest, byte[] file)
    {
        var keys = Hub.Get<ArtefactBucket>();
        var isThere = (await keys.ListAsync(ArtefactBucket.Artefacts, default)).Any(
            entry => entry.Key == ArtefactBucket.Artefacts + ArtefactDigest.Hex(digest));
        foreach (var chunk in ChunkList.Of(new MemoryStream(file)))
        {
            using var reply = await _anybody.GetAsync(new Uri(_server.PublicAddress, $"chunks/{chunk.Hash}"));
            isThere &= reply.StatusCode == HttpStatusCode.OK && ChunkList.HashOf(await reply.Content.ReadAsByteArrayAsync()) == chunk.Hash;
        }

        return isThere;
    }
}

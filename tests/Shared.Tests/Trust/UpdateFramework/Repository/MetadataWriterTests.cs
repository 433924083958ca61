using System.Security.Cryptography;
using System.Text.Json;
using Hmas.Testing;
using Hmas.Trust;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Shared.Tests.Trust.UpdateFramework.Conformance;

namespace Shared.Tests.Trust.UpdateFramework.Repository;

/// <summary>What is written is judged by the client, whose own judge is the conformance tests.</summary>
public sealed class MetadataWriterTests : IDisposable
{
    private static readonly DateTimeOffset Later = TimeProvider.System.GetUtcNow().AddDays(30);

    private readonly SigningKey[] _keys = [.. Enumerable.Range(0, 4).Select(static _ => SigningKey.Create())];

    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
    }

    [Fact]
    public async Task A_client_accepts_a_whole_repository_and_its_next_version()
    {
        using var folder = new TempFolder();
        var files = new Dictionary<string, byte[]>();
        await using var server = new LoopbackServer(path => Reply.Of(files.GetValueOrDefault(path)));
        files["1.root.json"] = MetadataWriter.Sign(MetadataWriter.Root(1, Later, Roles(2)), _keys[0], _keys[1]);
        UpdateClient.Initialise(new MetadataFolder(folder.File("metadata")), files["1.root.json"]);
        for (var version = 1; version <= 2; version++)
        {
            Publish(files, version);
            using var fetcher = new HttpFetcher(new UpdateLimits(), TimeProvider.System);
            var client = new UpdateClient(
                new MetadataFolder(folder.File("metadata")), new Mirrors([server.Address]), fetcher, new UpdateLimits(), TimeProvider.System);
            await client.RefreshAsync(CancellationToken.None);
            Assert.Equal(version, client.Targets.Header.Version);
            var target = await client.FindAsync("models/a", CancellationToken.None);
            Assert.Equal("pump", target.Custom!.Value.GetProperty("hmas").GetProperty("artefact").GetString());
        }
    }

    [Fact]
    public void What_is_written_of_delegations_is_read_back_as_it_was()
    {
        DelegationTerms[] terms =
        [
            new("pump", new RoleSigners([_keys[0].PublicKey, _keys[1].PublicKey], 2), ["models/pump/*", "rules/pump-?/*"], Terminating: true),
            new("fan", new RoleSigners([_keys[1].PublicKey], 1), ["models/fan/*"], Terminating: false),
        ];
        var file = MetadataWriter.Sign(MetadataWriter.Targets(1, Later, [], terms), _keys[2]);
        var read = DelegationTerms.Of(file);
        Assert.Equal(["pump", "fan"], read.Select(static role => role.Name));
        Assert.Equal(terms[0].Paths, read[0].Paths);
        Assert.Equal(terms.Select(static role => role.Terminating), read.Select(static role => role.Terminating));
        Assert.Equal([2, 1], read.Select(static role => role.Signers.Threshold));
        Assert.Equal(terms[0].Signers.PublicKeys, read[0].Signers.PublicKeys);
        Assert.Empty(DelegationTerms.Of(MetadataWriter.Sign(MetadataWriter.Targets(1, Later, []), _keys[2])));
    }

    [Fact]
    public void One_of_two_needed_signatures_is_not_enough_and_the_second_keeper_completes_it()
    {
        var root = MetadataWriter.Sign(MetadataWriter.Root(1, Later, Roles(2)), _keys[0]);
        Assert.Equal(UpdateReason.Signature, Assert.Throws<UpdateException>(() => TrustedMetadata.Begin(root, Later)).Reason);
        var twice = MetadataWriter.AddSignature(root, _keys[0]);
        Assert.Equal(UpdateReason.Signature, Assert.Throws<UpdateException>(() => TrustedMetadata.Begin(twice, Later)).Reason);
        var whole = MetadataWriter.AddSignature(twice, _keys[1]);
        Assert.Equal(2, TrustedMetadata.Begin(whole, Later).Root.Root.Threshold);
    }

    [Fact]
    public void A_role_that_could_never_be_signed_is_refused()
    {
        Assert.Contains(
            "3 of 2 keys", Assert.Throws<ArgumentException>(() => MetadataWriter.Root(1, Later, Roles(3))).Message, StringComparison.Ordinal);
        var twice = Roles(1) with { Targets = new RoleSigners([_keys[2].PublicKey, _keys[2].PublicKey], 2) };
        Assert.Contains(
            "targets has a key twice", Assert.Throws<ArgumentException>(() => MetadataWriter.Root(1, Later, twice)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_metadata_is_not_signed() =>
        Assert.Equal(UpdateReason.Format, Assert.Throws<UpdateException>(() => MetadataWriter.AddSignature("[]"u8.ToArray(), _keys[0])).Reason);

    private TopLevelRoles Roles(int threshold) => new(
        new RoleSigners([_keys[0].PublicKey, _keys[1].PublicKey], threshold), new RoleSigners([_keys[2].PublicKey], 1),
        new RoleSigners([_keys[3].PublicKey], 1), new RoleSigners([_keys[3].PublicKey], 1));

    private void Publish(Dictionary<string, byte[]> files, int version)
    {
        var model = RandomNumberGenerator.GetBytes(100);
        var custom = JsonDocument.Parse("""{"hmas":{"artefact":"pump","release":1,"hardware":["a"]}}""").RootElement;
        var target = new TargetFile(
            "models/a", model.Length, new Dictionary<string, string> { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(model)) }, custom);
        var targets = files[$"{version}.targets.json"] = MetadataWriter.Sign(MetadataWriter.Targets(version, Later, [target]), _keys[2]);
        var snapshot = files[$"{version}.snapshot.json"] = MetadataWriter.Sign(MetadataWriter.Snapshot(version, Later, version, targets), _keys[3]);
        files["timestamp.json"] = MetadataWriter.Sign(MetadataWriter.Timestamp(version, Later, version, snapshot), _keys[3]);
    }
}

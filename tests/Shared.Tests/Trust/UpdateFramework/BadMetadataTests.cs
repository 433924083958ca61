using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Testing;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Shared.Tests.Trust.UpdateFramework.Conformance;
using Xunit.Abstractions;

namespace Shared.Tests.Trust.UpdateFramework;

/// <summary>Files that no repository should write.</summary>
public sealed class BadMetadataTests(ITestOutputHelper output)
{
    private const int Mutations = 100_000;
    private const long MaxAllocatedBytes = 4 << 20;

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Fragments =
        ["\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "0", "1e9", "9223372036854775808", "\\ud800", "\"signed\":{}", "\"version\":2,",
            "\u00ff", "\"threshold\":0", "\"keyids\":[]"];

    /// <summary>All roles in turn; then a delegated role alone, and the targets that delegate to it.</summary>
    [Theory]
    [InlineData("root", "timestamp", "snapshot", "targets", "A")]
    [InlineData("A")]
    [InlineData("targets")]
    public void Of_100000_mutations_none_is_accepted_with_other_content_and_none_crashes(params string[] roles)
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var repository = new SimulatedRepository(Now, "ed25519");
        repository.Delegate("targets", "A", ["a/*"], terminating: true);
        repository.AddTarget("A", "a/file", "content"u8.ToArray());
        repository.AddTarget("targets", "file", "content"u8.ToArray());
        repository.Publish("A", "targets", "snapshot", "timestamp", "root");
        var doors = roles.ToDictionary(role => role, role => DoorFor(repository, role));
        var accepted = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var role = roles[i % roles.Length];
            var mutated = Mutate(repository.Published[role][^1], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                doors[role](mutated);
            }
            catch (UpdateException)
            {
                continue;
            }
            finally
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated < MaxAllocatedBytes, $"mutation {i} of {role} took {allocated} bytes");
            }

            accepted++;
            doors[role] = DoorFor(repository, role);
            Assert.Equal(Signed(repository.Published[role][^1]), Signed(mutated));
        }

        output.WriteLine($"{accepted} of {Mutations} accepted, each with what was signed");
        Assert.InRange(accepted, 1, Mutations / 4);
        // All the refusals have changed nothing.
        foreach (var role in roles) doors[role](repository.Published[role][^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"signed\":1,\"signatures\":[]}")]
    [InlineData("{\"signed\":{},\"signatures\":{}}")]
    [InlineData("{\"signed\":{},\"signatures\":[1]}")]
    [InlineData("\ufeff{}")]
    public void What_is_no_metadata_is_a_format_error(string json) => RequireFormatError(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void Depth_without_end_is_a_format_error()
    {
        var deep = new string('[', 100_000) + new string(']', 100_000);
        RequireFormatError(Encoding.UTF8.GetBytes(deep));
        RequireFormatError(
            Changed(root => root["deep"] = JsonNode.Parse(new string('[', 60) + new string(']', 60)),
                wrap: text => text.Replace("[[[[[[[[", new string('[', 70), StringComparison.Ordinal)
                    .Replace("]]]]]]]]", new string(']', 70), StringComparison.Ordinal)));
    }

    [Fact]
    public void A_member_that_stands_twice_is_a_format_error() =>
        RequireFormatError(Changed(_ => { }, wrap: text => text.Replace("\"version\":1", "\"version\":1,\"version\":1", StringComparison.Ordinal)));

    [Theory]
    [InlineData("version", "0")]
    [InlineData("version", "-1")]
    [InlineData("version", "1.0")]
    [InlineData("version", "\"1\"")]
    [InlineData("version", "9223372036854775808")]
    [InlineData("expires", "\"2030-01-31\"")]
    [InlineData("expires", "\"2030-01-31T00:00:00\"")]
    [InlineData("expires", "\"2030-01-31T00:00:00+00:00\"")]
    [InlineData("expires", "\"2030-02-30T00:00:00Z\"")]
    [InlineData("expires", "1893456000")]
    [InlineData("_type", "\"timestamp\"")]
    [InlineData("spec_version", "\"2.0.0\"")]
    [InlineData("spec_version", "\"10.0\"")]
    [InlineData("consistent_snapshot", "1")]
    [InlineData("keys", "[]")]
    [InlineData("roles", "{}")]
    [InlineData("custom", "0.5")]
    public void A_field_of_the_wrong_kind_is_a_format_error(string field, string value) =>
        RequireFormatError(Changed(root => root[field] = JsonNode.Parse(value)));

    [Theory]
    [InlineData("threshold", "0")]
    [InlineData("threshold", "-1")]
    [InlineData("threshold", "1.5")]
    [InlineData("keyids", "{}")]
    [InlineData("keyids", "[1]")]
    [InlineData("keyids", "[\"a\",\"a\"]")]
    public void A_role_that_nobody_could_sign_for_is_a_format_error(string field, string value) =>
        RequireFormatError(Changed(root => root["roles"]!["snapshot"]![field] = JsonNode.Parse(value)));

    [Theory]
    [InlineData("root")]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    public void A_root_that_lacks_a_role_is_a_format_error(string role) =>
        RequireFormatError(Changed(root => ((JsonObject)root["roles"]!).Remove(role)));

    [Fact]
    public void A_role_more_in_the_root_signs_for_no_other()
    {
        var repository = new SimulatedRepository(Now);
        var trusted = TrustedMetadata.Begin(repository.Published["root"][0], Now);
        var stranger = SimulatedKey.Create();
        repository.Root["keys"]![stranger.Id] = stranger.Public.DeepClone();
        repository.Root["roles"]!["mirrors"] = new JsonObject { ["keyids"] = new JsonArray(stranger.Id), ["threshold"] = 1 };
        repository.Publish("root");
        trusted.AcceptRoot(repository.Published["root"][^1]);
        repository.Signers["timestamp"] = [stranger];
        repository.Publish("timestamp");
        Assert.Equal(
            UpdateReason.Signature, Assert.Throws<UpdateException>(() => trusted.AcceptTimestamp(repository.Published["timestamp"][^1])).Reason);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_a_format_error()
    {
        var bytes = Changed(root => root["custom"] = "~~~~");
        bytes[bytes.AsSpan().IndexOf("~~~~"u8)] = 0xFF;
        RequireFormatError(bytes);
    }

    private static byte[] Changed(Action<JsonObject> change, Func<string, string>? wrap = null)
    {
        var repository = new SimulatedRepository(Now);
        change(repository.Root);
        var text = new JsonObject { ["signed"] = repository.Root.DeepClone(), ["signatures"] = new JsonArray() }.ToJsonString();
        return Encoding.UTF8.GetBytes(wrap is null ? text : wrap(text));
    }

    private static void RequireFormatError(byte[] root) =>
        Assert.Equal(UpdateReason.Format, Assert.Throws<UpdateException>(() => TrustedMetadata.Begin(root, Now)).Reason);

    /// <summary>What takes a role's file once all the roles before it were taken.</summary>
    private static Action<byte[]> DoorFor(SimulatedRepository repository, string role)
    {
        var trusted = TrustedMetadata.Begin(repository.Published["root"][0], Now);
        if (role == "root") return bytes => trusted.AcceptRoot(bytes);
        trusted.AcceptRoot(repository.Published["root"][^1]);
        if (role == "timestamp") return bytes => trusted.AcceptTimestamp(bytes);
        trusted.AcceptTimestamp(repository.Published["timestamp"][^1]);
        if (role == "snapshot") return bytes => trusted.AcceptSnapshot(bytes);
        trusted.AcceptSnapshot(repository.Published["snapshot"][^1]);
        if (role == "targets") return bytes => trusted.AcceptTargets(bytes);
        var targets = trusted.AcceptTargets(repository.Published["targets"][^1]);
        return bytes => trusted.AcceptDelegated(new DelegatedRole("targets", targets.Delegations!.Roles[0], targets.Delegations.Keys), bytes);
    }

    private static byte[] Signed(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        return CanonicalJson.Encode(document.RootElement.GetProperty("signed"));
    }

    /// <summary>One to three changes: a bit, a run left out or repeated, a digit, a fragment of JSON put in.</summary>
    private static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = file.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, Math.Min(length, bytes.Count - 1)); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes[at] = (byte)random.Next(10).ToString(CultureInfo.InvariantCulture)[0]; break;
                case 4: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)])); break;
                default: bytes.Insert(at, (byte)' '); break;
            }
        }

        return [.. bytes];
    }
}

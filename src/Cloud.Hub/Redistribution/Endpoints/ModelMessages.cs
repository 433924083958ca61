using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Google.Protobuf;
using Hmas.Contracts;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Between the door's records and the messages of <c>redistribution.proto</c>, both ways.</summary>
internal static class ModelMessages
{
    public static V1.Model ToMessage(this ModelEntry entry) => new()
    {
        Digest = entry.Digest,
        Manifest = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(entry.Manifest, ContractsJson.Default.ModelManifest)),
        PackageBytes = entry.PackageBytes,
        AddedAtMs = entry.AddedAt.ToUnixTimeMilliseconds(),
        AddedBy = entry.AddedBy,
        Quarantined = entry.Quarantined,
    };

    public static ModelEntry ToEntry(this V1.Model model) => new(
        model.Digest, JsonSerializer.Deserialize(model.Manifest.Span, ContractsJson.Default.ModelManifest)!, model.PackageBytes,
        DateTimeOffset.FromUnixTimeMilliseconds(model.AddedAtMs), model.AddedBy, model.Quarantined);

    public static V1.Artefact ToMessage(this ArtefactEntry entry) => new() { Entry = Json(entry) };

    public static ArtefactEntry ToEntry(this V1.Artefact artefact) =>
        JsonSerializer.Deserialize<ArtefactEntry>(artefact.Entry.Span, RedistributionJson.Options)!;

    public static V1.Rollout ToMessage(this RolloutView view) => new() { View = Json(view) };

    public static RolloutView ToView(this V1.Rollout rollout) =>
        JsonSerializer.Deserialize<RolloutView>(rollout.View.Span, RedistributionJson.Options)!;

    public static ByteString Json<T>(T value) =>
        UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(value, RedistributionJson.Options));
}

using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>What the director says of one device, from which its three files follow.</summary>
/// <param name="Version">Of all three; grows by one.</param>
/// <param name="IssuedAt">Their lives begin here.</param>
/// <param name="Image">Null: nothing is assigned.</param>
internal sealed record DirectorRow(string DeviceId, long Version, DateTimeOffset IssuedAt, string Hardware, TargetFile? Image);

using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>A delegated role as it stands in the folder.</summary>
/// <param name="Newest">Version of its newest file, usable or not; 0: there is none.</param>
/// <param name="Targets">Of the newest file that devices take; null: there is none.</param>
internal sealed record DelegatedState(string Name, long Newest, TargetsMetadata? Targets);

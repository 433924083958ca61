using Cloud.Hub.Redistribution.Registry;

namespace Cloud.Hub.Tests.Redistribution.Registry;

/// <summary>Artefacts in the data folder alone.</summary>
public sealed class FolderStoreTests : ArtefactStoreTests
{
    internal override Dictionary<string, string?> Settings() => [];

    internal override Task<bool> HoldsAsync(string digest, byte[] file) => Task.FromResult(File.Exists(Hub.Get<ArtefactFolder>().PathOf(digest)));
}

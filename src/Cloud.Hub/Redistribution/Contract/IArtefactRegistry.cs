using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Immutable artefacts of every kind, by digest. Models come in through
/// <see cref="IModelRegistry"/>, which holds them to their manifests.</summary>
public interface IArtefactRegistry
{
    /// <summary>Checks and stores a file; on disk when this returns. The same bytes twice give the same entry.</summary>
    /// <exception cref="ArgumentException">The file is not of its kind or too large, its release is another file already,
    /// or its bytes are listed as something else; the message says which.</exception>
    Task<ArtefactEntry> AddAsync(ArtefactUpload upload, Stream content, CancellationToken cancellation);

    Task<ArtefactEntry?> FindAsync(string digest, CancellationToken cancellation);

    /// <summary>Null when there is none.</summary>
    Task<ArtefactDetails?> DetailsAsync(string digest, CancellationToken cancellation);

    /// <summary>Writes down that somebody stands by an artefact; his second word replaces his first. False when there is no such artefact.</summary>
    Task<bool> ApproveAsync(string digest, string who, string note, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    /// <param name="kind">Null: every kind.</param>
    Task<IReadOnlyList<ArtefactEntry>> ListAsync(ArtefactKind? kind, CancellationToken cancellation);
}

using Cloud.Hub.Memory.Contract;

namespace Cloud.Hub.Memory.Archive;

/// <summary>Rows of one short read.</summary>
internal sealed class FactPage
{
    public List<ArchivedFact> Facts { get; } = [];

    /// <summary>Ids whose payload does not pass its check.</summary>
    public List<long> Broken { get; } = [];

    public int Rows { get; set; }

    public long LastId { get; set; }
}

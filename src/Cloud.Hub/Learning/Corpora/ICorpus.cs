namespace Cloud.Hub.Learning.Corpora;

/// <summary>A public set of recordings, with the way it is trained on and scored.</summary>
internal interface ICorpus
{
    /// <summary>Its word on the command line.</summary>
    string Name { get; }

    /// <summary>What is recognised in it, and by what.</summary>
    string About { get; }

    /// <summary>Its folder below the folder of all sets.</summary>
    string Folder { get; }

    /// <summary>Trains, runs what a device would run on every file, writes predictions and says how good they are. Deterministic.</summary>
    /// <exception cref="CorpusException">The recordings cannot be scored.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; files written so far stay.</exception>
    void Score(ScoreRequest request, CancellationToken cancellation);
}

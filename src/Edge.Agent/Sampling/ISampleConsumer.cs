using Hmas.Contracts.Sensing;

namespace Edge.Agent.Sampling;

/// <summary>What the loop feeds. Called on one thread at a time.</summary>
internal interface ISampleConsumer
{
    /// <param name="samples">In the order they were taken; valid during the call.</param>
    void Add(ReadOnlySpan<Sample> samples);

    /// <summary>An uninterrupted operation of the machine begins; a run still open ends here.</summary>
    void StartRun(string runId, long timestampUs);

    void EndRun(long timestampUs);

    /// <summary>No sample has come for this long.</summary>
    void OnSilence(TimeSpan sinceLastSample);
}

using Edge.Sensors;

namespace Edge.Agent.Sampling;

/// <summary>What the loop feeds. Called on one thread at a time.</summary>
internal interface ISampleConsumer : ISampleSink
{
    /// <summary>No sample has come for this long.</summary>
    void OnSilence(TimeSpan sinceLastSample);
}

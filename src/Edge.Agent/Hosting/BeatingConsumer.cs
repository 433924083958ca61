using Edge.Agent.Sampling;
using Hmas.Contracts.Sensing;

namespace Edge.Agent.Hosting;

/// <summary>Feeds the pipeline and lets the heart beat with every batch of samples and every silence: the
/// watchdog hears whether the ladder goes round.</summary>
internal sealed class BeatingConsumer(ISampleConsumer inner, Heart heart) : ISampleConsumer
{
    public void Add(ReadOnlySpan<Sample> samples)
    {
        inner.Add(samples);
        heart.Beat();
    }

    public void StartRun(string runId, long timestampUs)
    {
        inner.StartRun(runId, timestampUs);
        heart.Beat();
    }

    public void EndRun(long timestampUs)
    {
        inner.EndRun(timestampUs);
        heart.Beat();
    }

    public void OnSilence(TimeSpan sinceLastSample)
    {
        inner.OnSilence(sinceLastSample);
        heart.Beat();
    }
}

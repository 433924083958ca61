using Cloud.Hub.Bus;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Storage;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Keeps a run's newest view in the store and tells the bus.</summary>
internal sealed class RunReporter(RunStore store, EventBus bus) : IRunReporter
{
    public async Task ReportAsync(TrainingRunView run, CancellationToken cancellation)
    {
        await store.SaveAsync(run, cancellation);
        bus.Publish(new TrainingProgressed(run.RunId, run.State, run.Progress, run.Message));
    }
}

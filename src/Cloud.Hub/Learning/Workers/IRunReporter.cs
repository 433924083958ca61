using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Takes a run's news: on disk first, then on the bus.</summary>
internal interface IRunReporter
{
    Task ReportAsync(TrainingRunView run, CancellationToken cancellation);
}

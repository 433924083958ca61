using Cloud.Hub.Bus;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>A training run that stands still in the middle of telling something: what a test does meanwhile comes before the run's next step,
/// however slow the test is.</summary>
internal sealed class HeldRun : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new();
    private readonly EventBus.Subscription _subscription;

    public HeldRun(EventBus bus, Func<TrainingProgressed, bool> isIt) => _subscription = bus.Subscribe("test", happened =>
    {
        // Called on the thread of whoever tells.
        if (happened is TrainingProgressed progressed && isIt(progressed) && _reached.TrySetResult()) _released.Task.Wait();
        return false;
    });

    public Task ReachedAsync() => _reached.Task.InTimeAsync();

    public void Dispose()
    {
        _subscription.Dispose();
        _released.SetResult();
    }
}

namespace Cloud.Hub.Learning.Fits;

/// <summary>Wakes those who wait for a change of the fits; the state itself is in learning.db.</summary>
internal sealed class FitSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done at the next change. Take it before looking at the state.</summary>
    public Task Changed => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}

using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Lets the model updater wait for answers of a digest: the first one, a number of healthy ones, a number compared in shadow.</summary>
/// <remarks>The pipeline's thread observes, one updater waits.</remarks>
internal sealed class SlotWatch(TimeProvider time) : IObservationSink
{
    /// <summary>A machine that stands still answers nothing; the hub is told so instead of left waiting.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private Watched? _watched;
    private TaskCompletionSource? _nextAnswer;
    private volatile bool _isAnswering;

    /// <summary>From now on counts what <paramref name="digest"/> answers; ends the watch before. Call
    /// before the swap, so that no answer is missed.</summary>
    public Watched Begin(string digest, int healthWindows)
    {
        var watched = new Watched(digest, healthWindows, _isAnswering, time);
        lock (_gate) _watched = watched;
        return watched;
    }

    public void End()
    {
        lock (_gate) _watched = null;
    }

    /// <summary>Completes with the next answer of whatever model.</summary>
    /// <param name="idle">Called once when none has come for long; the wait goes on.</param>
    public Task AnswerAsync(Action idle, CancellationToken ct) => WaitAsync(NextAnswer(), idle, ct);

    /// <summary>Completes with a task that answers complete.</summary>
    /// <param name="idle">Called when no model has answered for long, once until one does; the wait goes on.</param>
    public async Task<T> UntilAsync<T>(Task<T> awaited, Action idle, CancellationToken ct)
    {
        while (!awaited.IsCompleted) await WaitAsync(Task.WhenAny(awaited, NextAnswer()), idle, ct);
        return await awaited;
    }

    private async Task WaitAsync(Task task, Action idle, CancellationToken ct)
    {
        try
        {
            await task.WaitAsync(IdleAfter, time, ct);
        }
        catch (TimeoutException)
        {
            idle();
            await task.WaitAsync(ct);
        }
    }

    private Task NextAnswer()
    {
        lock (_gate)
        {
            _nextAnswer ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _nextAnswer.Task;
        }
    }

    public void Observe(in Observation observation)
    {
        ref readonly var prediction = ref observation.Prediction;
        lock (_gate)
        {
            _watched?.Observe(prediction);
            if (prediction.IsAnswer && _nextAnswer is not null)
            {
                _nextAnswer.TrySetResult();
                _nextAnswer = null;
            }
        }

        _isAnswering = prediction.State is PredictionState.Scored or PredictionState.BetweenWindows;
    }
}

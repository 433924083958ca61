using Edge.Agent.Perception.Inference;

namespace Edge.Agent.Sync.Downlink;

/// <summary>One swap under watch.</summary>
/// <param name="wasAnswering">Whether the model before was answering: only then is a frame without an answer a missed one.</param>
internal sealed class Watched(string digest, int healthWindows, bool wasAnswering, TimeProvider time)
{
    private readonly TaskCompletionSource<FirstAnswer> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string?> _health = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missed;
    private int _healthy;

    /// <summary>When the new model answered first, and how many frames went unanswered before.</summary>
    public Task<FirstAnswer> First => _first.Task;

    /// <summary>Null: healthy for the whole window; otherwise what was wrong, for people.</summary>
    public Task<string?> Health => _health.Task;

    public void Observe(in Prediction prediction)
    {
        if (prediction.Digest != digest) return;
        if (!prediction.IsAnswer)
        {
            if (wasAnswering && !_first.Task.IsCompleted && prediction.State != PredictionState.BetweenWindows) _missed++;
            return;
        }

        _first.TrySetResult(new FirstAnswer(time.GetTimestamp(), _missed));
        if (prediction.State == PredictionState.Scored)
        {
            if (++_healthy >= healthWindows) _health.TrySetResult(null);
            return;
        }

        _health.TrySetResult(
            prediction.State == PredictionState.Failed ? "the model threw" : $"score {prediction.Raw} in window {_healthy + 1} of {healthWindows}");
    }
}

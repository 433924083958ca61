using System.Threading.Channels;
using Edge.Agent.Reasoning;
using Edge.Agent.Sampling;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Actions;

/// <summary>Carries commands to actuators, one after the other, each within a time limit; a failed one and a stop lead to the safe state.</summary>
/// <remarks>
/// Commands wait in a bounded queue; what does not fit is reported as dropped. An actuator's error is
/// one event and one result, never a crash. The dispatcher has a
/// thread of its own: between decision and action nothing waits for a thread of the pool, which beside a busy core takes milliseconds.
/// </remarks>
internal sealed partial class ActionDispatcher
{
    private readonly Dictionary<string, IActuator> _actuators;
    private readonly Dictionary<string, RateLimiter> _limits;
    private readonly ActionOptions _options;
    private readonly Action<ActionResult> _report;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<ActionRequest> _requests;
    private readonly LoopSignal _arrived = new();
    private readonly long _started;

    /// <param name="actuators">Not owned.</param>
    /// <param name="report">Hears of every request once.</param>
    public ActionDispatcher(IReadOnlyList<IActuator> actuators, ActionOptions options, Action<ActionResult> report, TimeProvider time, ILogger logger)
    {
        options.Validate();
        _actuators = actuators.ToDictionary(actuator => actuator.Name, StringComparer.Ordinal);
        _limits = actuators.ToDictionary(
            actuator => actuator.Name, _ => new RateLimiter(options.RateLimit, options.RateWindow), StringComparer.Ordinal);
        _options = options;
        _report = report;
        _time = time;
        _logger = logger;
        _started = time.GetTimestamp();
        _requests = Channel.CreateBounded<ActionRequest>(
            new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>Hands a command over. Never blocks.</summary>
    public void Dispatch(ActionRequest request)
    {
        if (_requests.Writer.TryWrite(request)) _arrived.Set();
        else Report(request, ActionOutcome.Dropped, "too many commands wait", TimeSpan.Zero);
    }

    /// <summary>Carries commands out until cancelled, then brings every actuator to its safe state.</summary>
    public Task RunAsync(CancellationToken ct) =>
        Task.Factory.StartNew(() => Run(ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken ct)
    {
        using var stopping = ct.Register(_arrived.Set);
        try
        {
            while (!ct.IsCancellationRequested)
            {
                while (!ct.IsCancellationRequested && _requests.Reader.TryRead(out var request)) CarryOutAsync(request, ct).GetAwaiter().GetResult();
                _arrived.Wait();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The agent stops; what still waits is not carried out any more.
        }
        finally
        {
            while (_requests.Reader.TryRead(out var request)) Report(request, ActionOutcome.Dropped, "the agent stops", TimeSpan.Zero);
            foreach (var actuator in _actuators.Values) MakeSafeAsync(actuator, "the agent stops").GetAwaiter().GetResult();
        }
    }

    private async Task CarryOutAsync(ActionRequest request, CancellationToken ct)
    {
        var name = request.Command.Actuator;
        if (!_actuators.TryGetValue(name, out var actuator))
        {
            Report(request, ActionOutcome.Unknown, $"no actuator '{name}'", TimeSpan.Zero);
            return;
        }

        if (request.Command.Command == RuleCompiler.SafeCommand)
        {
            var begun = _time.GetTimestamp();
            var error = await MakeSafeAsync(actuator, $"rule {request.RuleId}").ConfigureAwait(false);
            Report(request, error is null ? ActionOutcome.Done : ActionOutcome.Failed, error ?? "safe state", _time.GetElapsedTime(begun));
            return;
        }

        if (!_limits[name].TryTake(_time.GetElapsedTime(_started)))
        {
            Report(request, ActionOutcome.RateLimited, $"more than {_options.RateLimit} commands in {_options.RateWindow}", TimeSpan.Zero);
            return;
        }

        await ActAsync(actuator, request, ct).ConfigureAwait(false);
    }

    private async Task ActAsync(IActuator actuator, ActionRequest request, CancellationToken ct)
    {
        var started = _time.GetTimestamp();
        try
        {
            var done = await WithinLimitAsync(limited => actuator.ActAsync(request, limited).AsTask(), ct).ConfigureAwait(false);
            Report(request, ActionOutcome.Done, done, _time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Report(request, ActionOutcome.Dropped, "the agent stops", _time.GetElapsedTime(started));
            throw;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Report(request, ActionOutcome.TimedOut, $"no answer within {_options.TimeLimit}", _time.GetElapsedTime(started));
            await MakeSafeAsync(actuator, "a command timed out").ConfigureAwait(false);
        }
        catch (ActuatorException e)
        {
            LogFailed(_logger, actuator.Name, request.RuleId, e);
            Report(request, ActionOutcome.Failed, e.Reason, _time.GetElapsedTime(started));
            await MakeSafeAsync(actuator, "a command failed").ConfigureAwait(false);
        }
    }

    /// <summary>Null when the actuator is safe, else why not. The stop of the agent must not cut
    /// this short, so only the time limit bounds it.</summary>
    private async Task<string?> MakeSafeAsync(IActuator actuator, string reason)
    {
        try
        {
            await WithinLimitAsync(
                async limited =>
                {
                    await actuator.EnterSafeStateAsync(reason, limited).ConfigureAwait(false);
                    return "";
                },
                CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is ActuatorException or TimeoutException or OperationCanceledException)
        {
            LogNotSafe(_logger, actuator.Name, reason, e);
            return e is ActuatorException known ? known.Reason : $"no answer within {_options.TimeLimit}";
        }
    }

    // The call gets a token, and is left behind when it does not heed it: a stuck driver must not hold up the others.
    private async Task<string> WithinLimitAsync(Func<CancellationToken, Task<string>> call, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        return await call(both.Token).WaitAsync(_options.TimeLimit, _time, ct).ConfigureAwait(false);
    }

    private void Report(ActionRequest request, ActionOutcome outcome, string detail, TimeSpan elapsed)
    {
        if (outcome is not (ActionOutcome.Done or ActionOutcome.Failed))
            LogNotDone(_logger, request.Command.Actuator, request.RuleId, outcome, detail);
        _report(new ActionResult(request, outcome, detail, elapsed));
    }
}

using System.Runtime.CompilerServices;

namespace Hmas.Testing;

/// <summary>Waits for what no event tells a test: what another process does, or what a hub answers to whom it does not tell.</summary>
public static class Eventually
{
    /// <summary>Of every wait of a test. It counts only where one fails: a loaded machine takes its time.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again.</summary>
    /// <param name="otherwise">What is said beside the condition if it never holds.</param>
    /// <exception cref="TimeoutException">It does not hold in time.</exception>
    public static async Task HoldsAsync(
        Func<Task<bool>> isSo, Func<string>? otherwise = null, [CallerArgumentExpression(nameof(isSo))] string condition = "")
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"not within {Limit}: {condition} {otherwise?.Invoke()}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, Func{string}, string)"/>
    public static Task HoldsAsync(Func<bool> isSo, Func<string>? otherwise = null, [CallerArgumentExpression(nameof(isSo))] string condition = "") =>
        HoldsAsync(() => Task.FromResult(isSo()), otherwise, condition);

    /// <exception cref="TimeoutException">It does not end in time.</exception>
    public static Task InTimeAsync(this Task task) => task.WaitAsync(Limit, TimeProvider.System);

    /// <inheritdoc cref="InTimeAsync(Task)"/>
    public static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(Limit, TimeProvider.System);

    /// <inheritdoc cref="InTimeAsync(Task)"/>
    public static Task<T> InTimeAsync<T>(this ValueTask<T> task) => task.AsTask().InTimeAsync();
}

using Microsoft.Data.Sqlite;

namespace Hmas.Storage;

/// <summary>A write that waits for its turn, and the task of its caller.</summary>
internal abstract class WriteWork
{
    /// <summary>True for maintenance that SQLite allows only between transactions.</summary>
    public bool OutsideTransaction { get; init; }

    /// <summary>True when the caller gave up before the turn came; the task is then already cancelled.</summary>
    public abstract bool TrySkip();

    /// <summary>Runs on the writer's thread and keeps the result for <see cref="Complete"/>.</summary>
    public abstract void Execute(SqliteConnection connection);

    /// <summary>After the commit returned.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception error);
}

/// <inheritdoc/>
internal sealed class WriteWork<T>(Func<SqliteConnection, T> work, CancellationToken cancellation) : WriteWork
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _completion.Task;

    public override bool TrySkip() => cancellation.IsCancellationRequested && _completion.TrySetCanceled(cancellation);

    public override void Execute(SqliteConnection connection) => _result = work(connection);

    public override void Complete() => _completion.SetResult(_result);

    public override void Fail(Exception error) => _completion.SetException(error);
}

namespace Edge.Agent.Hosting;

/// <summary>Sign of life of one loop: it beats when the loop has really gone round. Any thread.</summary>
/// <param name="limit">By when it must have gone round again.</param>
internal sealed class Heart(string loop, TimeSpan limit, TimeProvider time)
{
    private long _last = time.GetTimestamp();
    private volatile bool _isDone;

    public string Loop => loop;

    public bool IsOverdue => !_isDone && time.GetElapsedTime(Volatile.Read(ref _last)) > limit;

    public void Beat() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>The loop has ended as it should.</summary>
    public void Done() => _isDone = true;
}

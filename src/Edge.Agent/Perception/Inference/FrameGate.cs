namespace Edge.Agent.Perception.Inference;

/// <summary>Keeps the thread that works on frames, a hundred times a second, apart from those that come by once a day. A frame pays for no
/// atomic operation; a visit pays for both.</summary>
/// <remarks>
/// Asymmetric Dekker synchronisation (Dice, Huang, Yang 2001; membarrier(2)), by which the runtime itself stops threads for a garbage collection.
/// Either side writes that it comes and then reads whether the other is there:
/// <list type="bullet">
/// <item>A visit writes that it is wanted, has every running thread of the process pass a full barrier, and waits while a frame is in work.
/// The frame's write lay before that barrier, and the visit reads it; or it lay behind, and the frame's read, which follows, finds it wanted.</item>
/// <item>A frame that finds a visit wanted steps back, waits for the lock that visits take among themselves, and comes in again while it holds
/// that lock: the next visit, which needs the lock too, finds it there.</item>
/// <item>Each leaves by a releasing write that the other reads with acquire, or by the lock: what the one did, the other sees.</item>
/// </list>
/// A thread may visit within its visit. It must not visit within its frame, where it would wait for itself; nor does a frame begin in a frame.
/// </remarks>
internal sealed class FrameGate
{
    private readonly Lock _visits = new();

    // Written by the thread that works on frames alone.
    private bool _isFrame;

    // Visits in work and waiting for a frame, nested ones too. Written under their lock.
    private int _wanted;

    /// <summary>Keeps visits out until it is disposed. One thread at a time works on frames.</summary>
    /// <exception cref="LockRecursionException">A frame is in work.</exception>
    public FrameScope EnterFrame()
    {
        if (_isFrame) ThrowInWork();
        // The compiler keeps two volatile accesses in order; where the processor does not, the barrier of the visit does.
        Volatile.Write(ref _isFrame, true);
        if (Volatile.Read(ref _wanted) != 0) GiveWay();
        return new FrameScope(this);
    }

    /// <summary>Waits for the frame in work and keeps frames and other visits out until it is disposed.</summary>
    public VisitScope Visit()
    {
        _visits.Enter();
        _wanted++;
        Interlocked.MemoryBarrierProcessWide();
        var wait = new SpinWait();
        while (Volatile.Read(ref _isFrame)) wait.SpinOnce();
        return new VisitScope(this);
    }

    private static void ThrowInWork() => throw new LockRecursionException("A frame began while one was in work.");

    private void GiveWay()
    {
        Volatile.Write(ref _isFrame, false);
        lock (_visits) Volatile.Write(ref _isFrame, true);
    }

    /// <summary>A frame in work.</summary>
    public readonly ref struct FrameScope(FrameGate gate)
    {
        public void Dispose() => Volatile.Write(ref gate._isFrame, false);
    }

    /// <summary>A visit.</summary>
    public readonly ref struct VisitScope(FrameGate gate)
    {
        public void Dispose()
        {
            Volatile.Write(ref gate._wanted, gate._wanted - 1);
            gate._visits.Exit();
        }
    }
}

using System.Runtime.ExceptionServices;

namespace Cloud.Hub.Learning.Training;

/// <summary>Threads that run lanes beside their caller, step after step. A worker that has just worked spins for a moment before it parks,
/// because the next step comes within the time that waking it would take.</summary>
/// <remarks>One caller at a time. A worker that wakes too late finds no lane left and is not waited for.</remarks>
internal sealed class LaneWorkers : IDisposable
{
    /// <summary>Turns of the spin before a wait parks: some hundred microseconds, several times the optimiser's step of a small network.</summary>
    private const int Spins = 200;

    private readonly (Thread Thread, ManualResetEventSlim Start)[] _workers;
    private readonly ManualResetEventSlim _done = new(false, Spins);
    private volatile Round? _round;
    private volatile bool _isStopped;

    /// <param name="count">Threads besides the caller's; 0 for none.</param>
    public LaneWorkers(int count)
    {
        _workers = new (Thread, ManualResetEventSlim)[count];
        for (var i = 0; i < count; i++)
        {
            var start = new ManualResetEventSlim(false, Spins);
            _workers[i] = (new Thread(() => Work(start)) { IsBackground = true, Name = "training lanes" }, start);
            _workers[i].Thread.Start();
        }
    }

    /// <summary>Runs the first <paramref name="count"/> lanes once each, on whichever thread is free; returns when all have ended,
    /// and throws what one threw.</summary>
    public void Run(Lane[] lanes, int count, Action<Lane> work)
    {
        if (_workers.Length == 0 || count == 1)
        {
            for (var i = 0; i < count; i++) work(lanes[i]);
            return;
        }

        _done.Reset();
        var round = new Round(lanes, count, work, _done);
        _round = round;
        for (var i = 0; i < Math.Min(_workers.Length, count - 1); i++) _workers[i].Start.Set();
        round.Take();
        _done.Wait();
        round.Error?.Throw();
    }

    public void Dispose()
    {
        _isStopped = true;
        foreach (var (thread, start) in _workers)
        {
            start.Set();
            thread.Join();
            start.Dispose();
        }

        _done.Dispose();
    }

    private void Work(ManualResetEventSlim start)
    {
        while (true)
        {
            start.Wait();
            // Before the round is read: a start that comes in between is in that round already, none is lost.
            start.Reset();
            if (_isStopped) return;
            _round!.Take();
        }
    }

    private sealed class Round(Lane[] lanes, int count, Action<Lane> work, ManualResetEventSlim done)
    {
        private int _next = -1;
        private int _ended;

        public ExceptionDispatchInfo? Error { get; private set; }

        public void Take()
        {
            int lane;
            while ((lane = Interlocked.Increment(ref _next)) < count)
            {
                try
                {
                    work(lanes[lane]);
                }
                catch (Exception e)
                {
                    Error = ExceptionDispatchInfo.Capture(e);
                }

                if (Interlocked.Increment(ref _ended) == count) done.Set();
            }
        }
    }
}

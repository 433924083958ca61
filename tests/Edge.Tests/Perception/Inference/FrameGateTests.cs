using Edge.Agent.Perception.Inference;

namespace Edge.Tests.Perception.Inference;

public sealed class FrameGateTests
{
    private const int Visits = 500_000;
    private readonly FrameGate _gate = new();
    private readonly List<string> _order = [];

    // Who is inside, and how often somebody was: neither is written by an atomic operation.
    private volatile int _inside;
    private long _turns;

    /// <summary>Each turn reads a count and writes it one higher, by plain accesses. Without the barrier of a visit some thousand turns went
    /// missing in two runs of six on two loaded cores.</summary>
    [Fact]
    public void Frames_and_visits_never_meet()
    {
        var isOver = false;
        var (frames, meetings) = (0L, 0L);
        var framing = Run(() =>
        {
            for (var random = new Random(1); !Volatile.Read(ref isOver); frames++)
            {
                using (_gate.EnterFrame()) Stay(1, ref meetings);
                Wander(random.Next(50));
            }
        });
        var visiting = new[] { 2, 3 }.Select(visitor => Run(() =>
        {
            var random = new Random(visitor);
            for (var i = 0; i < Visits; i++)
            {
                using (_gate.Visit()) Stay(visitor, ref meetings);
                Wander(random.Next(500));
            }
        })).ToList();
        visiting.ForEach(static visitor => visitor.Join());
        Volatile.Write(ref isOver, true);
        framing.Join();
        Assert.Equal((0, 0), (meetings, frames + (2 * Visits) - _turns));
        Assert.True(frames > 0, "no frame came through");
    }

    [Fact]
    public void A_visit_waits_for_the_frame_in_work()
    {
        Thread visitor;
        using (_gate.EnterFrame())
        {
            visitor = Begin(() => Visit("visit"));
            Note("frame");
        }

        visitor.Join();
        Assert.Equal(["frame", "visit"], _order);
    }

    [Fact]
    public void A_frame_waits_for_the_visit_and_for_the_visits_around_it()
    {
        Thread frame;
        using (_gate.Visit())
        {
            frame = Begin(() =>
            {
                using (_gate.EnterFrame()) Note("frame");
            });
            Visit("inner");
            Note("outer");
        }

        frame.Join();
        Assert.Equal(["inner", "outer", "frame"], _order);
    }

    [Fact]
    public void A_frame_ends_by_an_exception_too()
    {
        Assert.Throws<InvalidDataException>(Fail);
        Visit("visit");
        using (_gate.EnterFrame()) Note("frame");
        Assert.Equal(["visit", "frame"], _order);
    }

    [Fact]
    public void A_frame_does_not_begin_in_a_frame()
    {
        using (_gate.EnterFrame()) Assert.Throws<LockRecursionException>(() => _gate.EnterFrame().Dispose());
        Visit("visit");
        Assert.Equal(["visit"], _order);
    }

    private static Thread Run(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        return thread;
    }

    /// <summary>Runs once the thread is there.</summary>
    private static Thread Begin(Action action)
    {
        using var begun = new ManualResetEventSlim();
        var thread = Run(() =>
        {
            begun.Set();
            action();
        });
        begun.Wait();
        return thread;
    }

    private static void Wander(int steps)
    {
        for (var left = steps; left > 0; left--) Volatile.Read(ref left);
    }

    private void Stay(int who, ref long meetings)
    {
        var turns = _turns;
        _inside = who;
        Wander(4);
        if (_inside != who) Interlocked.Increment(ref meetings);
        _turns = turns + 1;
    }

    private void Fail()
    {
        using (_gate.EnterFrame()) throw new InvalidDataException();
    }

    private void Visit(string note)
    {
        using (_gate.Visit()) Note(note);
    }

    private void Note(string what)
    {
        lock (_order) _order.Add(what);
    }
}

using Hmas.Contracts.Facts;

namespace Hmas.Messaging;

/// <summary>What of an outbox may be on its way: a bounded number of sequences beyond the hub's cumulative
/// acknowledgement, sent again from there when no progress comes.</summary>
/// <remarks>
/// Go-back-N over (epoch, sequence). Why bounded: a broker acknowledges more than it delivers under
/// overload; with at most 900 outstanding end to end all arrived
/// (docs/adr/0002-broker.md). Time is any monotonic span. Not thread-safe: one loop owns it.
/// </remarks>
public sealed class SendWindow
{
    private const int MaxStretch = 8;
    private readonly int _size;
    private readonly TimeSpan _resendAfter;
    private int _stretch = 1;
    private TimeSpan _lastProgress;

    /// <param name="acknowledged">Last sequence the hub is known to hold; 0 for none.</param>
    /// <param name="size">Sequences outstanding at most.</param>
    /// <param name="resendAfter">Without an acknowledgement for so long, everything outstanding goes out
    /// again; doubles up to 8 times while nothing moves.</param>
    public SendWindow(long epoch, long acknowledged, int size, TimeSpan resendAfter)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(acknowledged);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(resendAfter, TimeSpan.Zero);
        Epoch = epoch;
        Acknowledged = acknowledged;
        NextSequence = acknowledged + 1;
        _size = size;
        _resendAfter = resendAfter;
    }

    public long Epoch { get; }

    /// <summary>Every sequence up to this is on the hub's disk and may be deleted.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>What goes out next.</summary>
    public long NextSequence { get; private set; }

    public long Outstanding => NextSequence - 1 - Acknowledged;

    /// <summary>Times the window went back to its start.</summary>
    public long Resends { get; private set; }

    /// <summary>How many sequences from <see cref="NextSequence"/> on may be sent now; 0: wait for an
    /// acknowledgement, or until <see cref="DueIn"/>.</summary>
    /// <param name="newest">Last sequence in the outbox.</param>
    public int Room(long newest)
    {
        var free = _size - Outstanding;
        return (int)Math.Clamp(Math.Min(free, newest - NextSequence + 1), 0, _size);
    }

    /// <summary>Notes that everything up to <paramref name="last"/> was handed over. A tombstone may reach past the window's size.</summary>
    public void Sent(long last, TimeSpan now)
    {
        if (last < NextSequence) throw new ArgumentOutOfRangeException(nameof(last), last, $"{NextSequence} is due");
        if (Outstanding == 0) _lastProgress = now;
        NextSequence = last + 1;
    }

    /// <summary>Takes the hub's cumulative acknowledgement.</summary>
    /// <param name="newest">Last sequence in the outbox.</param>
    public SendWindowAck Acknowledge(FactAck ack, long newest, TimeSpan now)
    {
        if (ack.Epoch != Epoch) return SendWindowAck.OtherEpoch;
        if (ack.Sequence > newest) return SendWindowAck.Unknown;
        if (ack.Sequence < Acknowledged) return SendWindowAck.Behind;
        if (ack.Sequence == Acknowledged) return SendWindowAck.Repeated;
        Acknowledged = ack.Sequence;
        NextSequence = Math.Max(NextSequence, Acknowledged + 1);
        _lastProgress = now;
        _stretch = 1;
        return SendWindowAck.Advanced;
    }

    /// <summary>Time until everything outstanding goes out again; null while nothing is outstanding.</summary>
    public TimeSpan? DueIn(TimeSpan now)
    {
        if (Outstanding == 0) return null;
        var left = _lastProgress + (_resendAfter * _stretch) - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Goes back to the first unacknowledged sequence when <see cref="DueIn"/> is over. True when it did.</summary>
    public bool ResendIfDue(TimeSpan now)
    {
        if (DueIn(now) is not { } left || left > TimeSpan.Zero) return false;
        GoBack(now);
        _stretch = Math.Min(_stretch * 2, MaxStretch);
        return true;
    }

    /// <summary>Goes back at once: after a new connect, or when a publish failed.</summary>
    public void GoBack(TimeSpan now)
    {
        if (Outstanding > 0) Resends++;
        NextSequence = Acknowledged + 1;
        _lastProgress = now;
    }
}

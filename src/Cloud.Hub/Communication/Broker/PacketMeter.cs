namespace Cloud.Hub.Communication.Broker;

/// <summary>Follows the framing of MQTT packets in a stream of bytes (3.1.1 and 5.0, section 2.1: one byte, then the
/// remaining length in 1 to 4 bytes of 7 bits). Pure; not thread-safe.</summary>
/// <param name="firstLimit">Remaining length at most of the first packet, the CONNECT: whoever sends it is not known yet.</param>
/// <param name="limit">Remaining length at most of every later one.</param>
internal sealed class PacketMeter(int firstLimit, int limit)
{
    private const int MoreFollows = 0x80;
    private const int LastShift = 21;

    private int _allowed = firstLimit;
    private bool _isInLength;
    private int _shift;
    private int _length;
    private int _left;

    /// <summary>Takes the next bytes of the stream; false when they state a length above the limit or no
    /// length at all. Then the stream has no meaning any more.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var body = Math.Min(_left, bytes.Length);
                _left -= body;
                bytes = bytes[body..];
                continue;
            }

            var next = bytes[0];
            bytes = bytes[1..];
            if (!_isInLength)
            {
                _isInLength = true;
                _length = _shift = 0;
                continue;
            }

            _length |= (next & ~MoreFollows) << _shift;
            if (_length > _allowed) return false;
            if ((next & MoreFollows) == 0)
            {
                _isInLength = false;
                _left = _length;
                _allowed = limit;
            }
            else if (_shift == LastShift) return false;
            else _shift += 7;
        }

        return true;
    }
}

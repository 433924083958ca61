using System.Buffers.Binary;

namespace Edge.Agent.Sync;

/// <summary>Numbers the connects of this device for ever, so that a will of an older session is told from the newest birth. One thread.</summary>
/// <remarks>Written in place: eight bytes that are there already need no room on a full disk, and lie in one sector.</remarks>
/// <param name="onLost">Called when the disk does not take the number; it then grows in memory, and a later one is written.</param>
internal sealed class SessionCounter(string stateFolder, Action onLost)
{
    private readonly string _path = Path.Combine(stateFolder, "session");
    private long _last;

    /// <summary>One more than ever before; on disk before it is given, where the disk takes it. Should the file be
    /// lost, the clock stands in: it is far ahead of any count.</summary>
    public long Next(TimeProvider time)
    {
        var bytes = new byte[sizeof(long)];
        try
        {
            using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            var known = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
                ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;
            _last = 1 + Math.Max(_last, known > 0 ? known : time.GetUtcNow().ToUnixTimeSeconds());
            BinaryPrimitives.WriteInt64LittleEndian(bytes, _last);
            file.Position = 0;
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onLost();
            if (_last == 0) _last = time.GetUtcNow().ToUnixTimeSeconds();
        }

        return _last;
    }
}

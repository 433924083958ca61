using System.Buffers.Binary;
using Hmas.Storage;

namespace Edge.Agent.Sync;

/// <summary>Numbers the connects of this device for ever, so that a will of an older session is told from the newest birth. One thread.</summary>
internal sealed class SessionCounter(string stateFolder)
{
    private readonly string _path = Path.Combine(stateFolder, "session");

    /// <summary>One more than ever before; on disk before it is given. Should the file be lost, the clock stands in: it is far ahead of any count.</summary>
    public long Next(TimeProvider time)
    {
        var last = Read() ?? time.GetUtcNow().ToUnixTimeSeconds();
        var next = last + 1;
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, next);
        AtomicFile.Write(_path, bytes);
        return next;
    }

    private long? Read()
    {
        if (!File.Exists(_path)) return null;
        var bytes = File.ReadAllBytes(_path);
        return bytes.Length == 8 ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : null;
    }
}

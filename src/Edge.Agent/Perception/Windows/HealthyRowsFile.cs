using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Hmas.Contracts.Sensing;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Perception.Windows;

/// <summary>Keeps the healthy rows of a live machine's run over a restart of the agent (docs/formats/healthy-rows.md): the machine
/// was not interrupted, so the run goes on and every model is fitted to the same rows.</summary>
/// <remarks>The pipeline's thread begins and keeps and never waits; <see cref="RunAsync"/> does the disk's work.</remarks>
internal sealed partial class HealthyRowsFile
{
    private const int MaxHeaderBytes = 64 << 10;
    private const int Version = 1;

    private readonly string _path;
    private readonly string[] _channels;
    private readonly double _rateHz;
    private readonly ILogger _logger;
    private readonly Channel<HealthyRows?> _changes = Channel.CreateBounded<HealthyRows?>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private HealthyRows? _restored;
    private int _kept;
    private bool _hasBegun;

    private HealthyRowsFile(string path, string[] channels, double rateHz, ILogger logger) =>
        (_path, _channels, _rateHz, _logger) = (path, channels, rateHz, logger);

    private static ReadOnlySpan<byte> Magic => "HMASROWS"u8;

    /// <summary>Reads what an earlier start kept. A file that is not whole is moved aside; one of other channels or
    /// another rate is left out, and written over by the next rows.</summary>
    /// <param name="maxRows">A larger file is not read.</param>
    public static HealthyRowsFile Open(string stateFolder, IReadOnlyList<SensorChannel> channels, double rateHz, int maxRows, ILogger logger)
    {
        var file = new HealthyRowsFile(
            Path.Combine(stateFolder, "healthy-rows"), [.. channels.Select(static channel => channel.Name)], rateHz, logger);
        file.Restore(MaxHeaderBytes + ((long)maxRows * channels.Count * sizeof(float)));
        return file;
    }

    /// <summary>A run begins. The first of this start goes on with the rows of an earlier one, if there are any; each
    /// further one needs rows of its own, and those on disk are forgotten.</summary>
    public HealthyRows? Begin()
    {
        var restored = _restored;
        _restored = null;
        _kept = restored?.Rows.Length ?? 0;
        if (_hasBegun) _changes.Writer.TryWrite(null);
        _hasBegun = true;
        return restored;
    }

    /// <summary>Rows of the run that is under way; kept when they are more than those that are.</summary>
    /// <param name="rows">Shape (N, C), row-major; copied.</param>
    public void Keep(string runId, long endUs, ReadOnlySpan<float> rows)
    {
        if (rows.Length <= _kept) return;
        _kept = rows.Length;
        _changes.Writer.TryWrite(new HealthyRows(runId, endUs, rows.ToArray()));
    }

    /// <summary>Brings changes to disk until cancelled, the last one too.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (await _changes.Reader.WaitToReadAsync(ct)) WriteNewest();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            WriteNewest();
        }
    }

    private void WriteNewest()
    {
        while (_changes.Reader.TryRead(out var rows))
        {
            try
            {
                if (rows is null) File.Delete(_path);
                else AtomicFile.Write(_path, CheckedPayload.Seal(Encode(rows)), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
            {
                LogNotKept(_logger, _path, error.Message);
            }
        }
    }

    private void Restore(long maxBytes)
    {
        var info = new FileInfo(_path);
        if (!info.Exists) return;
        if (info.Length <= maxBytes && CheckedPayload.TryOpen(File.ReadAllBytes(_path), out var payload)
            && TryDecode(payload.ToArray(), out var rows))
        {
            if (rows is null) LogOtherDevice(_logger, _path);
            else LogRestored(_logger, rows.Rows.Length / _channels.Length, rows.RunId);
            _restored = rows;
            return;
        }

        File.Move(_path, _path + ".unreadable", overwrite: true);
        LogUnreadable(_logger, _path);
    }

    private byte[] Encode(HealthyRows rows)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(_rateHz);
        writer.Write(_channels.Length);
        foreach (var channel in _channels) writer.Write(channel);
        writer.Write(rows.RunId);
        writer.Write(rows.EndUs);
        writer.Write(rows.Rows.Length / _channels.Length);
        writer.Write(MemoryMarshal.AsBytes<float>(rows.Rows));
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>False: not this format. Null rows: of other channels or another rate.</summary>
    private bool TryDecode(byte[] payload, out HealthyRows? rows)
    {
        rows = null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload), Encoding.UTF8);
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic) || reader.ReadInt32() != Version) return false;
            var isSame = reader.ReadDouble().Equals(_rateHz);
            var count = reader.ReadInt32();
            for (var i = 0; i < count; i++)
            {
                var name = reader.ReadString();
                isSame &= i < _channels.Length && name == _channels[i];
            }

            if (!isSame || count != _channels.Length) return true;
            var (runId, endUs, length) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
            var values = reader.ReadBytes((int)Math.Min(int.MaxValue, (long)length * count * sizeof(float)));
            if (length < 1 || values.Length != (long)length * count * sizeof(float)) return false;
            rows = new HealthyRows(runId, endUs, MemoryMarshal.Cast<byte, float>(values).ToArray());
            return true;
        }
        catch (Exception error) when (error is IOException or FormatException or ArgumentException)
        {
            return false;
        }
    }
}

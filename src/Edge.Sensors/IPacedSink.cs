namespace Edge.Sensors;

/// <summary>A sink that says when it has room: for sources that can wait, as a recording can and metal cannot.</summary>
public interface IPacedSink : ISampleSink
{
    /// <summary>Completes when <paramref name="samples"/> more can be added without dropping any.</summary>
    /// <param name="samples">At most half of the sink's capacity is waited for.</param>
    ValueTask WaitForRoomAsync(int samples, CancellationToken ct);
}

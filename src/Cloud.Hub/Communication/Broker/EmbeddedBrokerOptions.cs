using System.ComponentModel.DataAnnotations;

namespace Cloud.Hub.Communication.Broker;

/// <summary>Limits of the broker in the hub's process. Where they end, a real broker begins.</summary>
internal sealed class EmbeddedBrokerOptions
{
    /// <summary>Clients at once; one more is told that the server is busy. Default 500, the size up to
    /// which it keeps pace (docs/adr/0002-broker.md).</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 500;

    /// <summary>Largest packet of a client; the announcement of a larger one ends its connection,
    /// before it is read. Default 1 MiB and a header.</summary>
    [Range(1024, 64 << 20)]
    public int MaxPacketBytes { get; set; } = (1 << 20) + 1024;

    /// <summary>Publishes of one client; beyond, its line is not read until its allowance has grown
    /// again. Default 200/s, with as many at once.</summary>
    [Range(1, 100_000)]
    public int MaxMessagesPerSecond { get; set; } = 200;

    /// <summary>Bytes published by one client. Default 4 MiB/s.</summary>
    [Range(1024, 1 << 30)]
    public int MaxBytesPerSecond { get; set; } = 4 << 20;

    /// <summary>Whether the first start on a machine finds out, in a second, how many messages it
    /// carries, so that every start can print it.</summary>
    public bool MeasureAtStart { get; set; } = true;

    /// <summary>Messages that wait for one client; beyond, its oldest go. Default 250.</summary>
    [Range(1, 100_000)]
    public int MaxPendingMessages { get; set; } = 250;
}

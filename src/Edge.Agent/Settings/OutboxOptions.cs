using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>What waits for the hub on disk. Section <c>outbox</c>.</summary>
internal sealed class OutboxOptions
{
    /// <summary>Bytes on disk at most, write-ahead log included; beyond, the least valuable
    /// experiences not yet sent are given up. Default 64 MiB.</summary>
    [Range(4L << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 64L << 20;

    /// <summary>Facts waiting in memory for the disk at most. Default 4096.</summary>
    [Range(64, 1 << 20)]
    public int QueueCapacity { get; set; } = 4096;
}

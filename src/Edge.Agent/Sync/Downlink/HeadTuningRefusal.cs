namespace Edge.Agent.Sync.Downlink;

/// <summary>A head that this device does not tune; the message says why.</summary>
internal sealed class HeadTuningRefusal(string message, Exception? inner = null) : Exception(message, inner);

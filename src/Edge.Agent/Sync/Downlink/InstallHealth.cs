namespace Edge.Agent.Sync.Downlink;

/// <summary>How a program on trial fares, since its start.</summary>
/// <param name="IsLinked">The hub was reached, or there is none to reach.</param>
internal readonly record struct InstallHealth(long Frames, long Windows, long InvalidWindows, bool HasModel, bool IsLinked);

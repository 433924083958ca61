namespace Edge.Agent.Sampling;

/// <summary>A run begins (with its id) or ends (without one) between two samples.</summary>
internal readonly record struct RunMarker(string? RunId, long TimestampUs)
{
    public bool IsStart => RunId is not null;
}

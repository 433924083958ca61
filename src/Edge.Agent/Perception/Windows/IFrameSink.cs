namespace Edge.Agent.Perception.Windows;

internal interface IFrameSink
{
    /// <summary>A frame is complete or its time is up. In event-time order.</summary>
    /// <param name="values">One value per device channel, NaN where missing; valid during the call.</param>
    void OnFrame(long timestampUs, ReadOnlySpan<float> values);

    /// <summary>The stream's clock went back by more than the lateness and the longest gap: what came
    /// before cannot be put in order with what follows.</summary>
    void OnClockJump(long fromUs, long toUs);
}

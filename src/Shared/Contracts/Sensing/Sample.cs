namespace Hmas.Contracts.Sensing;

/// <summary>One value of one channel at one moment.</summary>
/// <param name="Channel">Index into the device's ordered channel list.</param>
/// <param name="TimestampUs">Event time, microseconds since the Unix epoch.</param>
/// <param name="Value">In the channel's unit; NaN says that the sensor answered with no value.</param>
public readonly record struct Sample(ushort Channel, long TimestampUs, float Value);

namespace Cloud.Hub.Learning.Contract;

/// <summary>A fault that somebody confirmed and that a training could learn from: its device sent windows of it and the calibration of its
/// run.</summary>
/// <param name="RunId">Of the machine.</param>
/// <param name="Block">The run, or that block of a long one, in which it began: what is learnt from or held out as a whole.</param>
/// <param name="Fault">What the label calls it.</param>
public sealed record ConfirmedFault(string DeviceId, string RunId, string Block, string Fault);

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>What a detector said on windows whose truth nobody has told: how many by device, and where it alarmed.</summary>
internal sealed class UntoldAlarms
{
    private readonly SortedDictionary<string, AlarmCount> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Device, string Run, long TimeUs), float> _ratios = [];

    public IReadOnlyDictionary<string, AlarmCount> Devices => _devices;

    /// <param name="timeUs">Of the window's last row.</param>
    /// <param name="ratio">Of an alarm: score over threshold, as the device tells it.</param>
    public void Add(string device, string run, long timeUs, bool isAlarm, float ratio)
    {
        _devices[device] = _devices.GetValueOrDefault(device).Add(isAlarm);
        if (isAlarm) _ratios[(device, run, timeUs)] = ratio;
    }

    /// <summary>The surest alarm of each run that another detector does not raise, the surest first.</summary>
    public IEnumerable<SilencedAlarm> SilencedBy(UntoldAlarms other) =>
        _ratios.Where(alarm => !other._ratios.ContainsKey(alarm.Key)).GroupBy(alarm => (alarm.Key.Device, alarm.Key.Run))
            .Select(run => run.MaxBy(alarm => alarm.Value))
            .Select(alarm => new SilencedAlarm(alarm.Key.Device, alarm.Key.Run, alarm.Key.TimeUs, alarm.Value))
            .OrderByDescending(alarm => alarm.Ratio).ThenBy(alarm => alarm.RunId, StringComparer.Ordinal);
}

using System.Globalization;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Devices on whose untold windows a candidate alarms less than its parent. It may be right or blind there: a gate cannot tell,
/// somebody who names those windows can.</summary>
internal static class QuieterDevices
{
    private const int MostNamed = 3;

    /// <returns>For the run's message; empty when there is no such device.</returns>
    public static string Of(EvaluationResult parent, EvaluationResult candidate)
    {
        var quieter = candidate.Untold.Devices
            .Select(pair => (Device: pair.Key, Now: pair.Value, Before: parent.Untold.Devices.GetValueOrDefault(pair.Key)))
            .Where(device => device.Now.Alarms < device.Before.Alarms)
            .OrderBy(device => (double)device.Now.Alarms / device.Before.Alarms).ToList();
        if (quieter.Count == 0) return "";
        var named = quieter.Take(MostNamed).Select(device => string.Create(
            CultureInfo.InvariantCulture, $"{device.Device} {device.Now.Alarms} of {device.Now.Windows}, its parent {device.Before.Alarms}"));
        var more = quieter.Count > MostNamed ? $" and {quieter.Count - MostNamed} more devices" : "";
        return $"; where nobody has said what is right it alarms less: {string.Join("; ", named)}{more}";
    }
}

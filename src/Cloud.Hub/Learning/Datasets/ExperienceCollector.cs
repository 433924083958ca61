using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Memory.Contract;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Reads archive, labels and the fleet's channel lists into <see cref="FleetExperience"/>.</summary>
internal sealed class ExperienceCollector(IExperienceArchive archive, IFeedback feedback, IFleet fleet)
{
    /// <param name="channels">What the model reads; null: the channels of most devices without <paramref name="excluded"/>.</param>
    /// <param name="excluded">Channel names never read.</param>
    /// <param name="maxRows">Newest experiences above this many rows are not read.</param>
    /// <exception cref="TrainingRefusedException">No device with experience reports the channels.</exception>
    public async Task<FleetExperience> CollectAsync(IReadOnlyList<string>? channels, IReadOnlyList<string> excluded, int maxRows, CancellationToken cancellation)
    {
        var devices = (await fleet.DevicesAsync(cancellation)).Where(device => device.Reported is { Channels.Count: > 0 }).ToDictionary(device => device.DeviceId);
        if (devices.Count == 0) throw new TrainingRefusedException("no device has reported its channels yet");
        var wanted = channels ?? CommonChannels(devices.Values, excluded);
        if (wanted.Count == 0) throw new TrainingRefusedException($"no channel is left without {string.Join(", ", excluded)}");
        var rate = devices.Values.GroupBy(device => device.Reported!.RateHz).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
        var columns = devices.ToDictionary(pair => pair.Key, pair => Columns(pair.Value, wanted));
        var runs = new SortedDictionary<(string Run, string Device), RunRows>();
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var rows = 0;
        await foreach (var experience in archive.ReadAsync(new ExperienceQuery(), cancellation))
        {
            var record = experience.Record;
            var reason = Reason(experience, devices, columns, rate, rows >= maxRows);
            if (reason is not null)
            {
                leftOut[reason] = leftOut.GetValueOrDefault(reason) + 1;
                continue;
            }

            var key = (record.RunId, experience.DeviceId);
            if (!runs.TryGetValue(key, out var run)) runs.Add(key, run = new RunRows(experience.DeviceId, record.RunId, columns[experience.DeviceId]!, rate));
            rows -= run.Count;
            run.Add(record);
            rows += run.Count;
        }

        var labels = await feedback.LabelsAsync(null, null, cancellation);
        var timelines = labels.GroupBy(label => label.DeviceId).ToDictionary(group => group.Key, group => new LabelTimeline([.. group]));
        return new FleetExperience(wanted, rate, [.. runs.Values], timelines, leftOut);
    }

    private static string? Reason(ArchivedExperience experience, Dictionary<string, DeviceView> devices, Dictionary<string, int[]?> columns, double rate, bool full)
    {
        if (!devices.TryGetValue(experience.DeviceId, out var device)) return "device is unknown";
        if (columns[experience.DeviceId] is null) return "device lacks a channel";
        if (device.Reported!.RateHz != rate) return "other sampling rate";
        if (experience.Record.Channels != device.Reported.Channels.Count) return "window has other channels than its device";
        if (experience.Record.Length < 1) return "window is empty";
        return full ? "more rows than Learning:MaxRows" : null;
    }

    private static IReadOnlyList<string> CommonChannels(IEnumerable<DeviceView> devices, IReadOnlyList<string> excluded)
    {
        var common = devices.GroupBy(device => string.Join('\n', device.Reported!.Channels.Select(c => c.Name)))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).First().First();
        return [.. common.Reported!.Channels.Select(c => c.Name).Where(name => !excluded.Contains(name, StringComparer.OrdinalIgnoreCase))];
    }

    private static int[]? Columns(DeviceView device, IReadOnlyList<string> wanted)
    {
        var names = device.Reported!.Channels.Select(c => c.Name).ToList();
        int[] columns = [.. wanted.Select(name => names.IndexOf(name))];
        return columns.Contains(-1) ? null : columns;
    }
}

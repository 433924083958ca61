using System.Globalization;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;
using Hmas.Trust.Uptane;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Reads archive, labels and the fleet's channel lists into <see cref="FleetExperience"/>.</summary>
/// <remarks>
/// The newest experiences take half of the rows allowed, so that what the fleet lives through now is always
/// learnt. The other half is replay: drawn from everything older with
/// probability proportional to value, which is all of it while it fits. Within the same bounds the same is read, whatever has arrived since.
/// </remarks>
internal sealed class ExperienceCollector(IExperienceArchive archive, IFeedback feedback, IFleet fleet)
{
    private const int NewestPart = 2;
    private const int MaxNamed = 8;

    /// <exception cref="TrainingRefusedException">No device with experience reports the channels.</exception>
    public async Task<FleetExperience> CollectAsync(CollectRequest request, CancellationToken cancellation)
    {
        var devices = (await fleet.DevicesAsync(cancellation)).Where(device => device.Reported is { Channels.Count: > 0 })
            .ToDictionary(device => device.DeviceId);
        if (devices.Count == 0) throw new TrainingRefusedException("no device has reported its channels yet");
        var wanted = request.Channels ?? CommonChannels(devices.Values, request.Excluded);
        if (wanted.Count == 0) throw new TrainingRefusedException($"no channel is left without {string.Join(", ", request.Excluded)}");
        var columns = devices.ToDictionary(pair => pair.Key, pair => Columns(pair.Value, wanted));
        var suited = devices.Values.Where(device => columns[device.DeviceId] is not null).GroupBy(device => device.Reported!.RateHz)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
        if (suited.Count == 0) throw new TrainingRefusedException($"no device has the channels {Some(wanted)}");
        var rate = request.RateHz ?? suited[0].Key;
        if (suited.All(group => group.Key != rate))
            throw new TrainingRefusedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the recipe reads {rate:0.####} Hz; devices with its channels sample at {string.Join(", ", suited.Select(g => $"{g.Key:0.####} Hz"))}"));
        var labels = await feedback.LabelsAsync(null, null, cancellation);
        var bounds = request.Bounds ?? new DatasetBounds(await NewestIdAsync(cancellation), labels.Count);
        var runs = new SortedDictionary<(string Run, string Device), RunRows>();
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var experience in await ReadAsync(request, bounds, cancellation))
        {
            var record = experience.Record;
            if (Reason(experience, devices, columns, rate) is { } reason)
            {
                leftOut[reason] = leftOut.GetValueOrDefault(reason) + 1;
                continue;
            }

            var key = (record.RunId, experience.DeviceId);
            if (!runs.TryGetValue(key, out var run))
                runs.Add(key, run = new RunRows(experience.DeviceId, record.RunId, columns[experience.DeviceId]!, rate));
            run.Add(record, isNew: request.Known is null || experience.Id > request.Known.LastExperienceId, experience.Id);
        }

        return new FleetExperience(wanted, rate, [.. runs.Values], Timelines(labels.Take(bounds.Labels)), leftOut)
        {
            Bounds = bounds,
            Hardware = devices.ToDictionary(pair => pair.Key, pair => pair.Value.Reported!.Hardware ?? DeviceIdentity.GenericHardware),
            KnownLabels = request.Known is null ? null : Timelines(labels.Take(request.Known.Labels)),
        };
    }

    private async Task<long> NewestIdAsync(CancellationToken cancellation)
    {
        await foreach (var newest in archive.ReadAsync(new ExperienceQuery { BeforeId = long.MaxValue, Limit = 1 }, cancellation)) return newest.Id;
        return 0;
    }

    /// <summary>In ascending id order, none twice.</summary>
    private async Task<IEnumerable<ArchivedExperience>> ReadAsync(CollectRequest request, DatasetBounds bounds, CancellationToken cancellation)
    {
        var read = new List<ArchivedExperience>();
        var rows = 0L;
        var oldest = bounds.LastExperienceId + 1;
        await foreach (var experience in archive.ReadAsync(new ExperienceQuery { BeforeId = oldest }, cancellation))
        {
            read.Add(experience);
            oldest = experience.Id;
            rows += experience.Record.Length;
            if (rows >= request.MaxRows / NewestPart) break;
        }

        var rowsEach = Math.Max(1, rows / Math.Max(1, read.Count));
        var count = (int)Math.Max(0, (request.MaxRows - rows) / rowsEach);
        var replay = await archive.SampleAsync(new ReplayRequest(count, Prioritized: true, request.Seed, oldest - 1), cancellation);
        read.AddRange(replay);
        // A run without its calibration rows says nothing, so they come along when the draw left them behind.
        var isComplete = replay.Count < count;
        if (!isComplete) read.AddRange(await CalibrationAsync(read, oldest, cancellation));
        return read.DistinctBy(experience => experience.Id).OrderBy(experience => experience.Id);
    }

    private async Task<List<ArchivedExperience>> CalibrationAsync(List<ArchivedExperience> read, long beforeId, CancellationToken cancellation)
    {
        var found = new List<ArchivedExperience>();
        foreach (var (device, run) in read.Select(experience => (experience.DeviceId, experience.Record.RunId)).Distinct())
        {
            var query = new ExperienceQuery { DeviceId = device, RunId = run, Reasons = ExperienceReasons.Calibration, BeforeId = beforeId };
            await foreach (var experience in archive.ReadAsync(query, cancellation)) found.Add(experience);
        }

        return found;
    }

    private static Dictionary<string, LabelTimeline> Timelines(IEnumerable<OutcomeLabel> labels) =>
        labels.GroupBy(label => label.DeviceId).ToDictionary(group => group.Key, group => new LabelTimeline([.. group]));

    private static string? Reason(
        ArchivedExperience experience, Dictionary<string, DeviceView> devices, Dictionary<string, int[]?> columns, double rate)
    {
        if (!devices.TryGetValue(experience.DeviceId, out var device)) return "device is unknown";
        if (columns[experience.DeviceId] is null) return "device lacks a channel";
        if (device.Reported!.RateHz != rate) return "other sampling rate";
        if (experience.Record.Channels != device.Reported.Channels.Count) return "window has other channels than its device";
        return experience.Record.Length < 1 ? "window is empty" : null;
    }

    private static IReadOnlyList<string> CommonChannels(IEnumerable<DeviceView> devices, IReadOnlyList<string> excluded)
    {
        var common = devices.GroupBy(device => string.Join('\n', device.Reported!.Channels.Select(c => c.Name)))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).First().First();
        return [.. common.Reported!.Channels.Select(c => c.Name).Where(name => !excluded.Contains(name, StringComparer.OrdinalIgnoreCase))];
    }

    private static string Some(IReadOnlyList<string> names) =>
        names.Count <= MaxNamed ? string.Join(", ", names) : $"{string.Join(", ", names.Take(MaxNamed))} and {names.Count - MaxNamed} more";

    private static int[]? Columns(DeviceView device, IReadOnlyList<string> wanted)
    {
        var names = device.Reported!.Channels.Select(c => c.Name).ToList();
        int[] columns = [.. wanted.Select(name => names.IndexOf(name))];
        return columns.Contains(-1) ? null : columns;
    }
}

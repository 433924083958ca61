using Hmas.Contracts.Facts;
using Hmas.Signals;
using Hmas.Signals.Streaming;

namespace Cloud.Hub.Learning.Plans;

/// <summary>Watches the scores that each device gives its ordinary windows: the first under a model say what is
/// usual, then a <see cref="DriftAlarm"/> listens. No labels needed.</summary>
/// <remarks>Only routine windows count: those kept because they alarmed or were rare are no fair
/// sample of what the device sees. One thread at a time.</remarks>
internal sealed class ScoreDrift
{
    /// <summary>Windows from which the usual is learnt.</summary>
    public const int UsualWindows = 200;

    /// <summary>Devices watched at most; further ones are not.</summary>
    private const int MaxDevices = 200_000;

    private const double SmallestDeviation = 1e-6;

    private readonly Dictionary<string, Watch> _watches = [];

    /// <returns>+1 or −1 when the device's scores have drifted up or down; 0 otherwise.</returns>
    public int Add(string deviceId, ExperienceRecord window)
    {
        if ((window.Reasons & ExperienceReasons.Routine) == 0 || window.ModelDigest.Length == 0 || !float.IsFinite(window.Score)) return 0;
        if (!_watches.TryGetValue(deviceId, out var watch) || watch.ModelDigest != window.ModelDigest)
        {
            if (watch is null && _watches.Count >= MaxDevices) return 0;
            _watches[deviceId] = watch = new Watch(window.ModelDigest);
        }

        return watch.Add(window.Score);
    }

    private sealed class Watch(string modelDigest)
    {
        private List<float>? _usual = [];
        private DriftAlarm? _alarm;

        public string ModelDigest { get; } = modelDigest;

        public int Add(float score)
        {
            if (_alarm is not null) return _alarm.Add(score);
            _usual!.Add(score);
            if (_usual.Count < UsualWindows) return 0;
            var (mean, deviation) = Statistics.MeanAndDeviation([.. _usual]);
            _alarm = new DriftAlarm(mean, Math.Max(SmallestDeviation, deviation));
            _usual = null;
            return 0;
        }
    }
}

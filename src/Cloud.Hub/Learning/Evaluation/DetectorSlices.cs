using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Counts of a detector's answers by run, by device and by named fault: what is good on average may be bad on one of them, and what one
/// run is too short to show many runs of a device do.</summary>
/// <remarks>Of a fault only the share that is found is known: healthy rows belong to none.</remarks>
internal sealed class DetectorSlices
{
    private const string DevicePrefix = "device ";
    private const string FaultPrefix = "fault ";

    private readonly SortedDictionary<string, SliceMetrics> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Runs, Confusion Counts)> _devices = [];
    private readonly Dictionary<string, List<bool>> _faults = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<bool>> _right = new(StringComparer.Ordinal) { [EvaluationResult.Pooled] = [] };
    private Confusion _pooled;

    /// <summary>By run, by device, by fault, and pooled: whether each row was answered rightly, in order. Of the slices of
    /// <see cref="ToMetrics"/>, and of devices and faults that are none as there is one run or one fault only.</summary>
    public IReadOnlyDictionary<string, List<bool>> Right
    {
        get
        {
            var right = new Dictionary<string, List<bool>>(_right, StringComparer.Ordinal);
            foreach (var (fault, found) in _faults) right[FaultPrefix + fault] = found;
            return right;
        }
    }

    /// <param name="counts">Rows whose truth is known, at least one.</param>
    /// <param name="right">Whether each of them was answered rightly, in order.</param>
    /// <returns>The slice's name: the run's, with its device where another has a run of this name.</returns>
    public string Add(RunRows run, Confusion counts, List<bool> right)
    {
        var name = _runs.ContainsKey(run.RunId) ? $"{run.RunId}@{run.DeviceId}" : run.RunId;
        _runs[name] = counts.ToMetrics();
        var device = _devices.GetValueOrDefault(run.DeviceId);
        _devices[run.DeviceId] = (device.Runs + 1, device.Counts + counts);
        _pooled += counts;
        _right[name] = right;
        if (!_right.TryGetValue(DevicePrefix + run.DeviceId, out var ofDevice)) _right[DevicePrefix + run.DeviceId] = ofDevice = [];
        ofDevice.AddRange(right);
        _right[EvaluationResult.Pooled].AddRange(right);
        return name;
    }

    /// <summary>A row with a fault of this name.</summary>
    public void AddFault(string name, bool isFound)
    {
        if (!_faults.TryGetValue(name, out var found)) _faults[name] = found = [];
        found.Add(isFound);
    }

    /// <summary>By slice, and pooled. A device's only run says what the device would, and a single name what the pool does: neither stands
    /// twice.</summary>
    public IReadOnlyDictionary<string, SliceMetrics> ToMetrics()
    {
        var slices = new SortedDictionary<string, SliceMetrics>(_runs, StringComparer.Ordinal) { [EvaluationResult.Pooled] = _pooled.ToMetrics() };
        foreach (var (device, (runs, counts)) in _devices.Where(static device => device.Value.Runs > 1))
            slices[DevicePrefix + device] = counts.ToMetrics();
        if (_faults.Count < 2) return slices;
        foreach (var (fault, found) in _faults)
        {
            var share = found.Average(static isFound => isFound ? 1.0 : 0);
            slices[FaultPrefix + fault] = new SliceMetrics(found.Count, found.Count, null, null, 1 - share) { Accuracy = share };
        }

        return slices;
    }
}

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
    private readonly Dictionary<string, (int Rows, int Found)> _faults = new(StringComparer.OrdinalIgnoreCase);
    private Confusion _pooled;

    /// <param name="counts">Rows whose truth is known, at least one.</param>
    /// <returns>The slice's name: the run's, with its device where another has a run of this name.</returns>
    public string Add(RunRows run, Confusion counts)
    {
        var name = _runs.ContainsKey(run.RunId) ? $"{run.RunId}@{run.DeviceId}" : run.RunId;
        _runs[name] = counts.ToMetrics();
        var device = _devices.GetValueOrDefault(run.DeviceId);
        _devices[run.DeviceId] = (device.Runs + 1, device.Counts + counts);
        _pooled += counts;
        return name;
    }

    /// <summary>A row with a fault of this name.</summary>
    public void AddFault(string name, bool isFound)
    {
        var fault = _faults.GetValueOrDefault(name);
        _faults[name] = (fault.Rows + 1, fault.Found + (isFound ? 1 : 0));
    }

    /// <summary>By slice, and pooled. A device's only run says what the device would, and a single name what the pool does: neither stands
    /// twice.</summary>
    public IReadOnlyDictionary<string, SliceMetrics> ToMetrics()
    {
        var slices = new SortedDictionary<string, SliceMetrics>(_runs, StringComparer.Ordinal) { [EvaluationResult.Pooled] = _pooled.ToMetrics() };
        foreach (var (device, (runs, counts)) in _devices.Where(static device => device.Value.Runs > 1))
            slices[DevicePrefix + device] = counts.ToMetrics();
        if (_faults.Count < 2) return slices;
        foreach (var (fault, (rows, found)) in _faults)
        {
            var share = (double)found / rows;
            slices[FaultPrefix + fault] = new SliceMetrics(rows, rows, null, null, 1 - share) { Accuracy = share };
        }

        return slices;
    }
}

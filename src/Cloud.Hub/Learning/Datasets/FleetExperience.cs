using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Cloud.Hub.Learning.Contract;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>What the fleet lived through, run by run, with its labels: the source of training sets and of evaluation.</summary>
/// <param name="Channels">What the model reads, in order.</param>
/// <param name="LeftOut">Experiences not used and why, for the run's message.</param>
internal sealed record FleetExperience(
    IReadOnlyList<string> Channels, double RateHz, IReadOnlyList<RunRows> Runs, IReadOnlyDictionary<string, LabelTimeline> Labels,
    IReadOnlyDictionary<string, int> LeftOut)
{
    private const int NamedAtMost = 5;

    /// <summary>What was read; the same bounds give the same experience.</summary>
    public DatasetBounds Bounds { get; init; } = new(0, 0);

    /// <summary>Labels that the parent has learnt from; null without a parent.</summary>
    public IReadOnlyDictionary<string, LabelTimeline>? KnownLabels { get; init; }

    /// <summary>Hardware class of each device.</summary>
    public IReadOnlyDictionary<string, string> Hardware { get; init; } = new Dictionary<string, string>();

    /// <summary>Every kind of machine that a model is measured on by these runs: those with a whole window of it.</summary>
    /// <exception cref="TrainingRefusedException">None, or more than a package can name: it says nothing of the others.</exception>
    public IReadOnlyList<string> ProvenHardware(IEnumerable<RunRows> runs, int windowRows)
    {
        string[] classes = [
            .. runs.Where(run => run.Segments().Any(segment => segment.Count >= windowRows)).Select(run => Hardware[run.DeviceId]).Distinct()
                .Order(StringComparer.Ordinal)];
        if (classes.Length == 0)
            throw new TrainingRefusedException($"no run to measure the model on has a window of {windowRows} rows: it would be made for no kind of machine");
        return classes.Length <= HardwareClass.MaxClasses ? classes : throw new TrainingRefusedException(
            $"the runs to measure the model on come from {classes.Length} hardware classes, {string.Join(", ", classes.Take(NamedAtMost))} and others; a package names {HardwareClass.MaxClasses} at most");
    }

    public LabelTimeline LabelsOf(RunRows run) => Labels.GetValueOrDefault(run.DeviceId, LabelTimeline.Empty);

    /// <summary>Truth of a row: its label; a calibration row without one is normal; null: unknown.</summary>
    public bool? Truth(RunRows run, RunRows.Row row) => LabelsOf(run).At(run.RunId, row.TimeUs) ?? (row.IsCalibration ? false : null);

    /// <summary>Named truth of a row; null: nobody said.</summary>
    public string? NamedTruth(RunRows run, RunRows.Row row) => LabelsOf(run).NameAt(run.RunId, row.TimeUs);

    /// <summary>Name of the fault that a row is labelled with; null: none, or a fault that nobody named.</summary>
    public string? Fault(RunRows run, RunRows.Row row) => LabelsOf(run).FaultAt(run.RunId, row.TimeUs);

    /// <summary>Rows of life that a machine had left at a row; null: no failure is known after it.</summary>
    public double? RowsLeft(RunRows run, RunRows.Row row) =>
        LabelsOf(run).FailureFrom(run.RunId, row.TimeUs) is { } failure ? (failure - row.TimeUs) * RateHz / 1e6 : null;

    /// <summary>Whether the parent has not learnt from a row: it came later, or its truth did.</summary>
    public bool IsNew(RunRows run, RunRows.Row row)
    {
        if (row.IsNew || KnownLabels is null) return row.IsNew;
        var (known, now) = (KnownLabels.GetValueOrDefault(run.DeviceId, LabelTimeline.Empty), LabelsOf(run));
        return known.NameAt(run.RunId, row.TimeUs) != now.NameAt(run.RunId, row.TimeUs)
            || known.FailureFrom(run.RunId, row.TimeUs) != now.FailureFrom(run.RunId, row.TimeUs);
    }

    /// <summary><c>sha256:hex</c> over rows and truth of the given runs: the same data, the same digest.</summary>
    public string Digest(IEnumerable<RunRows> runs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', Channels)));
        foreach (var run in runs.OrderBy(r => r.RunId, StringComparer.Ordinal).ThenBy(r => r.DeviceId, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{run.DeviceId}\n{run.RunId}\n"));
            foreach (var failure in LabelsOf(run).Failures(run.RunId)) hash.AppendData(BitConverter.GetBytes(failure));
            foreach (var row in run.Context) hash.AppendData(MemoryMarshal.AsBytes(row.Values.AsSpan()));
            foreach (var row in run.Segments().SelectMany(s => s))
            {
                hash.AppendData(BitConverter.GetBytes(row.TimeUs));
                hash.AppendData(MemoryMarshal.AsBytes(row.Values.AsSpan()));
                hash.AppendData([(byte)(Truth(run, row) switch { true => 2, false => 1, null => 0 }), (byte)(row.IsCalibration ? 1 : 0)]);
                // Names of faults and states are truth for those that tell them apart.
                if (NamedTruth(run, row) is { } name) hash.AppendData(Encoding.UTF8.GetBytes(name));
            }
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

using System.Numerics.Tensors;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>All rows of one run of one device that its experiences hold, each once, in time order.</summary>
/// <remarks>
/// Experiences overlap; a row is known by its place on the sampling grid, time × rate, so that the same
/// row of two windows is one row. A device's rows may come a little
/// late: rows of one experience follow each other even where the grid has a place between them. A row with
/// a value that is no number is no row: the stretch breaks there.
/// </remarks>
internal sealed class RunRows
{
    private readonly SortedDictionary<long, Row> _rows = [];
    private readonly List<Source> _sources = [];
    private readonly int[] _columns;
    private readonly double _rateHz;

    /// <param name="columns">Index in the device's channels of each channel the model reads.</param>
    public RunRows(string deviceId, string runId, int[] columns, double rateHz)
    {
        DeviceId = deviceId;
        RunId = runId;
        _columns = columns;
        _rateHz = rateHz;
    }

    public string DeviceId { get; }

    public string RunId { get; }

    public int Channels => _columns.Length;

    public int Count => _rows.Count;

    /// <summary>Event time of the first row.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public long FirstUs => _rows.First().Value.TimeUs;

    /// <summary>Event time of the last row.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public long LastUs => _rows.Last().Value.TimeUs;

    /// <summary>Rows left out because a value was no number.</summary>
    public int Broken { get; private set; }

    /// <summary>All rows, in time order.</summary>
    public IEnumerable<Row> Rows => _rows.Values;

    /// <summary>Calibration rows of the run that are not its own: a part of a run is normalised as the run is.</summary>
    public IReadOnlyList<Row> Context { get; private init; } = [];

    /// <summary>Of the archive, whose rows these are, its context among them.</summary>
    public IEnumerable<long> ExperienceIds => _sources.Select(static source => source.Id);

    /// <summary>Takes the rows of an experience.</summary>
    /// <param name="isNew">The parent has not learnt from it.</param>
    /// <param name="id">Of the archive; null: it is from somewhere else.</param>
    public void Add(ExperienceRecord record, bool isNew = true, long? id = null)
    {
        var length = record.Length;
        var isCalibration = (record.Reasons & ExperienceReasons.Calibration) != 0;
        var step = length > 1 ? (double)(record.EndUs - record.StartUs) / (length - 1) : 0;
        var follows = false;
        for (var t = 0; t < length; t++)
        {
            var timeUs = record.StartUs + (long)Math.Round(t * step);
            var place = PlaceOf(timeUs);
            if (_rows.TryGetValue(place, out var known))
            {
                _rows[place] = known
                    with { IsCalibration = known.IsCalibration || isCalibration, Follows = known.Follows || follows, IsNew = known.IsNew && isNew };
                follows = true;
                continue;
            }

            var values = new float[_columns.Length];
            for (var c = 0; c < values.Length; c++) values[c] = record.Window[(_columns[c] * length) + t];
            if (TensorPrimitives.IsFiniteAll<float>(values))
            {
                _rows.Add(place, new Row(place, timeUs, values, isCalibration, follows, isNew));
                follows = true;
            }
            else
            {
                Broken++;
                follows = false;
            }
        }

        if (id is { } source) _sources.Add(new Source(source, PlaceOf(record.StartUs), PlaceOf(record.EndUs), isCalibration));
    }

    /// <summary>Place on the sampling grid of a moment.</summary>
    public long PlaceOf(long timeUs) => (long)Math.Round(timeUs * _rateHz / 1e6);

    /// <summary>A part of the run, with the run's calibration as its context.</summary>
    /// <param name="places">Of its rows, in ascending order.</param>
    public RunRows Only(List<long> places)
    {
        var part = new RunRows(DeviceId, RunId, _columns, _rateHz)
        {
            Context = [.. _rows.Values.Where(row => row.IsCalibration && places.BinarySearch(row.Place) < 0)],
        };
        var follows = false;
        foreach (var row in _rows.Values)
        {
            var isTaken = places.BinarySearch(row.Place) >= 0;
            if (isTaken) part._rows.Add(row.Place, row with { Follows = row.Follows && follows });
            follows = isTaken;
        }

        part._sources.AddRange(_sources.Where(source => source.IsCalibration || HasAny(places, source.From, source.To)));
        return part;
    }

    /// <summary>Calibration rows of the run in time order, (N, C) row-major.</summary>
    public float[] CalibrationRows() =>
        [.. Context.Concat(_rows.Values.Where(row => row.IsCalibration)).OrderBy(row => row.Place).SelectMany(row => row.Values)];

    /// <summary>Stretches without a missing row, in time order.</summary>
    public IEnumerable<IReadOnlyList<Row>> Segments()
    {
        var segment = new List<Row>();
        foreach (var row in _rows.Values)
        {
            if (segment.Count > 0 && !row.Follows && row.Place != segment[^1].Place + 1)
            {
                yield return segment;
                segment = [];
            }

            segment.Add(row);
        }

        if (segment.Count > 0) yield return segment;
    }

    private static bool HasAny(List<long> places, long from, long to)
    {
        var at = places.BinarySearch(from);
        return at >= 0 || (~at < places.Count && places[~at] <= to);
    }

    private readonly record struct Source(long Id, long From, long To, bool IsCalibration);

    /// <summary>One row of the machine.</summary>
    /// <param name="Place">On the sampling grid; never a feature.</param>
    /// <param name="TimeUs">Event time; for labels only.</param>
    /// <param name="Values">(C,), channel units.</param>
    /// <param name="IsCalibration">A window that holds it was kept as calibration.</param>
    /// <param name="Follows">An experience holds it and the row before it.</param>
    /// <param name="IsNew">No experience that the parent has learnt from holds it.</param>
    public readonly record struct Row(long Place, long TimeUs, float[] Values, bool IsCalibration, bool Follows, bool IsNew);
}

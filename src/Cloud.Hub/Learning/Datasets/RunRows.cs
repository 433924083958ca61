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

    /// <summary>Of the archive, whose rows these are; whoever adds rows adds to it.</summary>
    public IList<long> ExperienceIds { get; } = [];

    /// <summary>Takes the rows of an experience.</summary>
    /// <param name="isNew">The parent has not learnt from it.</param>
    public void Add(ExperienceRecord record, bool isNew = true)
    {
        var length = record.Length;
        var isCalibration = (record.Reasons & ExperienceReasons.Calibration) != 0;
        var step = length > 1 ? (double)(record.EndUs - record.StartUs) / (length - 1) : 0;
        var follows = false;
        for (var t = 0; t < length; t++)
        {
            var timeUs = record.StartUs + (long)Math.Round(t * step);
            var place = (long)Math.Round(timeUs * _rateHz / 1e6);
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
    }

    /// <summary>Calibration rows in time order, (N, C) row-major.</summary>
    public float[] CalibrationRows() =>
        [.. _rows.Values.Where(row => row.IsCalibration).SelectMany(row => row.Values)];

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

    /// <summary>One row of the machine.</summary>
    /// <param name="Place">On the sampling grid; never a feature.</param>
    /// <param name="TimeUs">Event time; for labels only.</param>
    /// <param name="Values">(C,), channel units.</param>
    /// <param name="IsCalibration">A window that holds it was kept as calibration.</param>
    /// <param name="Follows">An experience holds it and the row before it.</param>
    /// <param name="IsNew">No experience that the parent has learnt from holds it.</param>
    public readonly record struct Row(long Place, long TimeUs, float[] Values, bool IsCalibration, bool Follows, bool IsNew);
}

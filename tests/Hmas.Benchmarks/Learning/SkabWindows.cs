using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Training;

namespace Hmas.Benchmarks.Learning;

/// <summary>Windows of one recording, scaled by its first rows, and whether their last row is anomalous.</summary>
internal sealed class SkabWindows : ITrainingSet
{
    public const int Length = 60;
    public const int Channels = 8;
    private readonly float[][] _columns;
    private readonly int[] _first;

    /// <param name="scaledBy">Rows from the start that give mean and deviation of each channel.</param>
    /// <param name="compresses">Whether values go through asinh, as the device's feature recipes have it.</param>
    /// <param name="uses">Whether a window that begins at a row is taken.</param>
    public SkabWindows(string file, int scaledBy, int stride, bool compresses, Func<int, bool> uses)
    {
        var table = NumberTable.Read(file, ';');
        var names = table.Columns.Where(name => name is not ("datetime" or "anomaly" or "changepoint")).ToArray();
        if (names.Length != Channels) throw new InvalidDataException($"{file} has {names.Length} channels");
        _columns = [.. names.Select(table.Numbers)];
        for (var c = 0; c < Channels; c++)
        {
            var known = _columns[c].Take(scaledBy).ToArray();
            var mean = known.Average();
            var deviation = MathF.Max(1e-3f, MathF.Sqrt(known.Average(v => (v - mean) * (v - mean))));
            _columns[c] = [.. _columns[c].Select(v => compresses ? MathF.Asinh((v - mean) / deviation) : (v - mean) / deviation)];
        }

        Anomalous = table.Columns.Contains("anomaly") ? table.Numbers("anomaly") : new float[table.Rows];
        _first = [.. Enumerable.Range(0, (table.Rows - Length) / stride).Select(i => i * stride).Where(uses)];
    }

    public float[] Anomalous { get; }

    public int Count => _first.Length;

    public Shape Input => new(Length, Channels);

    public bool IsAnomalous(int index) => Anomalous[_first[index] + Length - 1] > 0;

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        for (var i = 0; i < input.Length; i++) input[i] = _columns[i % Channels][_first[index] + (i / Channels)];
        input.CopyTo(target);
    }

    /// <summary>As the exported graph has it: (channels, rows).</summary>
    public void Fill(int index, Span<float> window)
    {
        for (var c = 0; c < Channels; c++) _columns[c].AsSpan(_first[index], Length).CopyTo(window[(c * Length)..]);
    }
}

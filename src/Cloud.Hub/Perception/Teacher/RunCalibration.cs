using Hmas.Contracts.Facts;

namespace Cloud.Hub.Perception.Teacher;

/// <summary>The healthy rows of one machine run as its device uploaded them: what a teacher is calibrated on.</summary>
internal sealed class RunCalibration
{
    /// <summary>A device takes a few hundred; one that calls every window healthy must not fill the hub.</summary>
    private const int MostRows = 20_000;

    private readonly SortedDictionary<long, ExperienceRecord> _windows = [];

    public int Rows { get; private set; }

    public void Add(ExperienceRecord window)
    {
        if (Rows + window.Length <= MostRows && _windows.TryAdd(window.StartUs, window)) Rows += window.Length;
    }

    /// <summary>The rows of the named channels in event-time order, shape (N, C), row-major.</summary>
    /// <param name="channels">Index of each wanted channel in the windows.</param>
    public float[] RowsOf(ReadOnlySpan<int> channels)
    {
        var rows = new float[Rows * channels.Length];
        var row = 0;
        foreach (var window in _windows.Values)
        {
            for (var step = 0; step < window.Length; step++, row++)
            {
                for (var c = 0; c < channels.Length; c++) rows[(row * channels.Length) + c] = window.Window[(channels[c] * window.Length) + step];
            }
        }

        return rows;
    }
}

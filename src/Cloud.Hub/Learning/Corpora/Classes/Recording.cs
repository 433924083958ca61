namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>One file as a device would have seen it, with the moments at which it must answer.</summary>
/// <param name="File">Its name without folder.</param>
/// <param name="Group">What must not stand on both sides of a split: a person, a day, a batch.</param>
/// <param name="Channels">(C, N), unit of the recipe.</param>
/// <param name="Moments">Last row of each window, in time order.</param>
internal sealed record Recording(string File, string Group, float[][] Channels, IReadOnlyList<Moment> Moments)
{
    /// <summary>Rows up to and with <paramref name="row"/>; before the first row a device repeats it.</summary>
    /// <param name="window">(C, T), overwritten.</param>
    public void Copy(int row, Span<float> window)
    {
        var length = window.Length / Channels.Length;
        var missing = Math.Max(0, length - 1 - row);
        for (var c = 0; c < Channels.Length; c++)
        {
            var target = window.Slice(c * length, length);
            target[..missing].Fill(Channels[c][0]);
            Channels[c].AsSpan(row - (length - missing) + 1, length - missing).CopyTo(target[missing..]);
        }
    }
}

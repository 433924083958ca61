namespace Cloud.Hub.Feedback.Domain;

/// <summary>Joins a window with the labels of its device.</summary>
internal static class TruthOfWindow
{
    /// <summary>The last label that covers the window's end wins; a window is left out when the winner begins
    /// within it, or when a later label begins or ends within it.</summary>
    /// <param name="startUs">First sample.</param>
    /// <param name="endUs">Last sample, inclusive.</param>
    /// <param name="labels">In order of arrival, those that apply to the window's device and run; others in time do no harm.</param>
    public static Truth Judge(long startUs, long endUs, IReadOnlyList<LabelSpan> labels)
    {
        for (var i = labels.Count - 1; i >= 0; i--)
        {
            var label = labels[i];
            if (label.ToUs < startUs || label.FromUs > endUs) continue;
            // Arrived after every label below it, and touches the window: it either decides or divides it.
            if (label.ToUs < endUs) return HasWinner(endUs, labels, i) ? Truth.Straddles : Truth.Unknown;
            if (label.FromUs > startUs) return Truth.Straddles;
            return label.IsAnomaly ? Truth.Anomaly : Truth.Normal;
        }

        return Truth.Unknown;
    }

    private static bool HasWinner(long endUs, IReadOnlyList<LabelSpan> labels, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (labels[i].FromUs <= endUs && labels[i].ToUs >= endUs) return true;
        }

        return false;
    }
}

namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>What NAB charges and pays.</summary>
/// <param name="Name">As it stands in files of thresholds.</param>
/// <param name="Hit">For a window found at its left edge.</param>
/// <param name="False">For a detection outside of every window, at most.</param>
/// <param name="Miss">For a window without detection.</param>
internal sealed record NabProfile(string Name, double Hit, double False, double Miss)
{
    public static IReadOnlyList<NabProfile> All { get; } =
    [
        new("standard", 1, 0.11, 1),
        new("reward_low_FP_rate", 1, 0.22, 1),
        new("reward_low_FN_rate", 1, 0.11, 2),
    ];
}

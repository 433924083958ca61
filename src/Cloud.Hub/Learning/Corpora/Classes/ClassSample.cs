namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>Features of one window with its truth.</summary>
/// <param name="Features">(F,), before standardisation.</param>
/// <param name="Class">Index of the true class.</param>
/// <param name="Group">As <see cref="Recording.Group"/>.</param>
/// <param name="Weight">How often it is drawn against others of its class.</param>
internal sealed record ClassSample(float[] Features, int Class, string Group, int Weight = 1);

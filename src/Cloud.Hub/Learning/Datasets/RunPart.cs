namespace Cloud.Hub.Learning.Datasets;

/// <summary>What a run of a machine is for. Numbers stand in learning.db and are never reused.</summary>
internal enum RunPart
{
    /// <summary>The fit learns from it.</summary>
    Fit = 0,

    /// <summary>No fit ever learns from it; candidates and parents are compared on it.</summary>
    HeldOut = 1,

    /// <summary>The fit is judged on it after each epoch, and stops when it no longer gets better.</summary>
    Validation = 2,
}

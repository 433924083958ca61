namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>How the learning rate goes on behind the warm-up.</summary>
internal enum ScheduleKind
{
    /// <summary>Down half a cosine.</summary>
    Cosine,

    /// <summary>As it is: for fits whose length is not known, or short ones.</summary>
    Constant,
}

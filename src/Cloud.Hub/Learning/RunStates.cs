namespace Cloud.Hub.Learning;

/// <summary>Words of a run's state, in order; the last five end it.</summary>
internal static class RunStates
{
    public const string Queued = "queued";
    public const string Collecting = "collecting";
    public const string Training = "training";
    public const string Quantizing = "quantizing";
    public const string Evaluating = "evaluating";
    public const string Registered = "registered";
    public const string Rejected = "rejected";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>A search ended: it makes no model.</summary>
    public const string Searched = "searched";

    public static bool HasEnded(string state) => state is Registered or Rejected or Failed or Cancelled or Searched;
}

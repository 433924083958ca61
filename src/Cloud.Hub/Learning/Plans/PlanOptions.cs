namespace Cloud.Hub.Learning.Plans;

/// <summary>A training that starts by itself: by time, by new labels, by drift, whichever comes first.</summary>
internal sealed class PlanOptions
{
    /// <summary>Model name in the registry; its newest release is the parent.</summary>
    public string ModelName { get; set; } = "";

    /// <summary>As in a request.</summary>
    public string Recipe { get; set; } = "";

    /// <summary>Time from one start to the next; zero: time alone starts nothing. Default zero.</summary>
    public TimeSpan Every { get; set; }

    /// <summary>Labels that came since the last run settled its bounds; 0: labels start nothing. Default 0.</summary>
    public int NewLabels { get; set; }

    /// <summary>Whether a drift alarm on a device's scores starts it. Default no.</summary>
    public bool OnDrift { get; set; }

    /// <summary>Least time from one start to the next, whatever happens. Default 1 h.</summary>
    public TimeSpan Rest { get; set; } = TimeSpan.FromHours(1);

    /// <summary>0 to 9. Default 3: below what people ask for.</summary>
    public int Priority { get; set; } = 3;
}

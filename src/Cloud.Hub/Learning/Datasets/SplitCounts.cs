namespace Cloud.Hub.Learning.Datasets;

/// <summary>How many runs or blocks have each part, those with faults apart from the others and by kind of fault.</summary>
internal sealed class SplitCounts
{
    /// <summary>One of so many is held out.</summary>
    private const int HeldOutOf = 4;

    /// <summary>One of so many judges the epochs of a fit.</summary>
    private const int ValidationOf = 8;

    private readonly Dictionary<(bool IsFaulty, RunPart Part), int> _counts = [];
    private readonly Dictionary<(string Fault, RunPart Part), int> _kinds = [];

    public void Add(string? fault, RunPart part, int count)
    {
        _counts[(fault is not null, part)] = Of(fault is not null, part) + count;
        if (fault is not null) _kinds[(fault, part)] = Of(fault, part) + count;
    }

    /// <summary>What the next ones are for.</summary>
    /// <param name="fault">Kind of fault in them; null: none.</param>
    /// <param name="count">How many stay together.</param>
    public RunPart Next(string? fault, int count)
    {
        // Nobody can find what nothing has taught.
        if (fault is not null && Of(fault, RunPart.Fit) == 0) return RunPart.Fit;
        var isFaulty = fault is not null;
        if (IsShort(Of(isFaulty, RunPart.HeldOut), All(part => Of(isFaulty, part)), HeldOutOf)
            || (fault is not null && IsShort(Of(fault, RunPart.HeldOut), All(part => Of(fault, part)), HeldOutOf)))
            return RunPart.HeldOut;
        var validation = Of(true, RunPart.Validation) + Of(false, RunPart.Validation);
        return IsShort(validation, All(part => Of(true, part) + Of(false, part)), ValidationOf) ? RunPart.Validation : RunPart.Fit;

        bool IsShort(int some, int all, int of) => some < (all + count) / of;
    }

    private int Of(bool isFaulty, RunPart part) => _counts.GetValueOrDefault((isFaulty, part));

    private int Of(string fault, RunPart part) => _kinds.GetValueOrDefault((fault, part));

    private static int All(Func<RunPart, int> of) => Enum.GetValues<RunPart>().Sum(of);
}

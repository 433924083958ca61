namespace Edge.Agent.Reasoning;

/// <summary>What a condition must do before the rule is raised: hold for a time, and on
/// <see cref="Count"/> of the last <see cref="Of"/> frames.</summary>
/// <param name="Of">1 to 64.</param>
internal readonly record struct Debounce(long ForUs, int Count, int Of)
{
    public static Debounce None { get; } = new(0, 1, 1);
}

namespace Hmas.Testing;

/// <summary>How a program ended, and what it said on stdout and stderr.</summary>
public sealed record ToolEnd(int Code, string Output, string Error)
{
    public string Said => Output + Error;
}

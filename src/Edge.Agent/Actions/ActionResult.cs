namespace Edge.Agent.Actions;

/// <summary>What became of a request.</summary>
/// <param name="Detail">What the actuator did or why it did not; never empty unless done.</param>
internal sealed record ActionResult(ActionRequest Request, ActionOutcome Outcome, string? Detail, TimeSpan Elapsed)
{
    public bool Succeeded => Outcome == ActionOutcome.Done;
}

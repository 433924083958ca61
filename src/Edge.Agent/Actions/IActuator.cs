namespace Edge.Agent.Actions;

/// <summary>Something that acts on the world. Called by the dispatcher only, one call at a time.</summary>
internal interface IActuator : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Words it understands: rules that use another are refused at load.</summary>
    IReadOnlyList<string> Commands { get; }

    /// <summary>Carries a command out and says in words what it did.</summary>
    /// <exception cref="ActuatorException">It could not.</exception>
    ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct);

    /// <summary>Brings the actuator where it can do no harm; also when nothing was commanded before. Idempotent.</summary>
    /// <exception cref="ActuatorException">It could not.</exception>
    ValueTask EnterSafeStateAsync(string reason, CancellationToken ct);
}

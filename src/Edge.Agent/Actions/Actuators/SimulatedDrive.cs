using System.Globalization;

namespace Edge.Agent.Actions.Actuators;

/// <summary>A valve or a pump drive that exists in memory: a setting from 0 to 1 that a simulated machine can follow.</summary>
internal sealed class SimulatedDrive : IActuator
{
    private readonly float _safe;
    private readonly Action<float>? _apply;
    private float _setting;

    /// <param name="safe">Setting of the safe state: 1 keeps a valve open, 0 stops a pump.</param>
    /// <param name="apply">Hears each new setting, on the dispatcher's thread.</param>
    public SimulatedDrive(string name, float safe, Action<float>? apply = null)
    {
        Name = name;
        _safe = safe;
        _apply = apply;
        _setting = safe;
    }

    public string Name { get; }

    public IReadOnlyList<string> Commands { get; } = ["set", "open", "close", "start", "stop"];

    public float Setting => Volatile.Read(ref _setting);

    /// <inheritdoc/>
    public ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
    {
        var setting = request.Command.Command switch
        {
            "open" or "start" => 1f,
            "close" or "stop" => 0f,
            _ => request.Command.Value,
        };
        if (setting is not (>= 0 and <= 1))
            throw new ActuatorException(Name, string.Create(CultureInfo.InvariantCulture, $"setting {setting} must lie between 0 and 1"));
        Move(setting);
        return ValueTask.FromResult(string.Create(CultureInfo.InvariantCulture, $"at {setting:G3}"));
    }

    /// <inheritdoc/>
    public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct)
    {
        Move(_safe);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Move(float setting)
    {
        Volatile.Write(ref _setting, setting);
        _apply?.Invoke(setting);
    }
}

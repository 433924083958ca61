namespace Edge.Sensors.Simulation;

/// <summary>What an actuator may change of a running simulated pump. Thread-safe.</summary>
public sealed class PumpControls(double speed, double valveOpening)
{
    private double _speed = speed;
    private double _valveOpening = valveOpening;

    /// <summary>Over the rated speed; 0 stands still.</summary>
    public double Speed
    {
        get => Volatile.Read(ref _speed);
        set => Volatile.Write(ref _speed, Math.Clamp(value, 0, 1.2));
    }

    /// <summary>Open share; a closed valve leaks one hundredth.</summary>
    public double ValveOpening
    {
        get => Volatile.Read(ref _valveOpening);
        set => Volatile.Write(ref _valveOpening, Math.Clamp(value, 0.01, 1));
    }
}

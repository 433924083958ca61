using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>The physics of a closed pump circuit, step by step. Pure and deterministic: the same
/// settings give the same values on every machine.</summary>
/// <remarks>
/// Hydraulics: pump curve H = n²·H0 − a·Q² against the loop's resistance R·Q² (quadratic losses, valve as 1/opening²), solved for Q in closed form.
/// Shaft power: ρ·g·H·Q/η + friction. Motor: current from power and voltage. Heat: first-order
/// motor body and fluid. Vibration: imbalance (∝ n²), bearing
/// impulses, cavitation noise. Sensors: quantised pressure and flow, white and slowly wandering noise, as the recordings of the benchmark show them.
/// </remarks>
public sealed class PumpModel : IMachineModel
{
    private const double RatedHeadM = 6.0;
    private const double PumpLoss = 2.2e-4;
    private const double LoopLoss = 1.35e-4;
    private const double Efficiency = 0.45;
    private const double NoLoadW = 160;
    private const double MotorTauS = 900;
    private const double FluidTauS = 5400;

    // Steps of the benchmark's converters: 0.328 bar and 0.0198 l/min times the meter's averaging.
    private const double PressureStep = 0.327927;

    private readonly PumpSettings _settings;
    private readonly GaussianNoise _noise;
    private readonly double _dt;
    private readonly double[] _offset;
    private readonly double[] _wander = new double[PumpChannels.Count];
    private readonly SensorFaults _sensors;
    private readonly double _unbalance;
    private double _speed;
    private double _opening;
    private double _motorC;
    private double _fluidC;
    private double _flow;
    private double _bubble;
    private long _steps;

    public PumpModel(PumpSettings settings)
    {
        settings.Validate();
        _settings = settings;
        _noise = new GaussianNoise(settings.Seed);
        _sensors = new SensorFaults(settings.Faults, Spread, _noise);
        _dt = 1 / settings.RateHz;
        Controls = new PumpControls(settings.Speed, settings.ValveOpening);

        // No two machines are alike: mounting, imbalance and sensor offsets differ by a few per cent.
        _offset = new double[PumpChannels.Count];
        for (var i = 0; i < _offset.Length; i++) _offset[i] = 1 + (0.04 * _noise.Next());
        _unbalance = 0.30 * (1 + (0.1 * _noise.Next()));
        _speed = settings.Speed;
        _opening = settings.ValveOpening;
        var warm = 1 - Math.Exp(-settings.RunningFor / MotorTauS);
        _motorC = settings.AmbientC + ((MotorSteadyC(ShaftW(FlowAt(_speed, _opening, 0), 0)) - settings.AmbientC) * warm);
        var mixed = 1 - Math.Exp(-settings.RunningFor / FluidTauS);
        _fluidC = settings.AmbientC + 3 + (0.006 * ShaftW(FlowAt(_speed, _opening, 0), 0) * mixed) + (0.05 * _noise.Next());
        _flow = FlowAt(_speed, _opening, 0);
    }

    public PumpControls Controls { get; }

    public IReadOnlyList<SensorChannel> Channels => PumpChannels.All;

    public double RateHz => _settings.RateHz;

    /// <summary>Event time of the next step, since the start.</summary>
    public double Seconds => _steps * _dt;

    /// <summary>Whether the plan holds a fault at the next step.</summary>
    public bool IsFaulty => _settings.Faults.IsFaultyAt(Seconds);

    /// <inheritdoc/>
    public void Step(Span<float> values)
    {
        var t = Seconds;
        var faults = _settings.Faults;
        var wear = faults.SeverityAt(FaultKind.BearingWear, t);
        var closing = faults.SeverityAt(FaultKind.ValveClosing, t);
        var leak = faults.SeverityAt(FaultKind.Leak, t);
        var vapour = faults.SeverityAt(FaultKind.Cavitation, t);

        // Drive and valve follow their settings within seconds.
        _speed += (Controls.Speed - _speed) * Blend(2);
        _opening += (Math.Max(0.01, Controls.ValveOpening * (1 - (0.85 * closing))) - _opening) * Blend(3);

        // Bubbles come and go over seconds; between them the circuit nearly recovers.
        _bubble += ((_noise.Next() * 0.8) - _bubble) * Blend(1.5);
        var gas = vapour * Math.Clamp(0.5 + _bubble, 0, 1);
        var flow = FlowAt(_speed, _opening, leak) * (1 - (0.25 * gas));
        _flow += (flow - _flow) * Blend(1.2);
        var head = HeadAt(_speed, _flow) * (1 - (0.2 * gas));
        var shaft = ShaftW(_flow, wear) * (1 - (0.12 * gas));
        Warm(shaft, wear);
        Sense(values, head, shaft, leak, wear, gas, vapour);
        _sensors.Apply(values, t);
        _steps++;
    }

    private double Blend(double tau) => 1 - Math.Exp(-_dt / tau);

    // H0·n² − a·Q² = R·Q²; a leak is a second way out, so the pump sees a smaller resistance.
    private static double FlowAt(double speed, double opening, double leak)
    {
        var resistance = LoopLoss * (0.55 + (0.45 / (opening * opening))) / Math.Pow(1 + (0.12 * leak), 2);
        return speed * Math.Sqrt(RatedHeadM / (PumpLoss + resistance));
    }

    private static double HeadAt(double speed, double flow) => Math.Max(0, (RatedHeadM * speed * speed) - (PumpLoss * flow * flow));

    // Q in l/min: ρ·g·H·Q = 1000·9.81·H·Q/60000 W.
    private double ShaftW(double flow, double wear) =>
        (0.1635 * HeadAt(_speed, flow) * flow / Efficiency) + (NoLoadW * _speed * (1 + (0.8 * wear)));

    private double MotorSteadyC(double shaft) => _settings.AmbientC + (0.25 * shaft) + 10;

    private void Warm(double shaft, double wear)
    {
        _motorC += (MotorSteadyC(shaft) + (18 * wear) - _motorC) * Blend(MotorTauS);
        _fluidC += (_settings.AmbientC + 3 + (0.006 * shaft) - _fluidC) * Blend(FluidTauS);
    }

    private void Sense(Span<float> values, double head, double shaft, double leak, double wear, double gas, double vapour)
    {
        var volts = 230 + Wander(PumpChannels.Voltage, 120, 1.5) + (10.5 * _noise.Next());
        var impulse = wear * (0.9 + (0.35 * Math.Abs(_noise.Next())));
        var spray = (0.5 * vapour) + (0.8 * gas);
        var base1 = _unbalance * _speed * _speed;
        var rattle1 = base1 * (1 + Wander(PumpChannels.Accelerometer1, 40, 0.006) + (0.006 * _noise.Next()));
        var rattle2 = base1 * 1.35 * (1 + Wander(PumpChannels.Accelerometer2, 40, 0.006) + (0.007 * _noise.Next()));
        values[PumpChannels.Accelerometer1] = Scaled(
            PumpChannels.Accelerometer1, rattle1 * Math.Sqrt(1 + (0.25 * impulse * impulse) + (0.10 * spray * spray)));
        values[PumpChannels.Accelerometer2] = Scaled(
            PumpChannels.Accelerometer2, rattle2 * Math.Sqrt(1 + (0.12 * impulse * impulse) + (0.03 * spray * spray)));
        values[PumpChannels.Current] = Scaled(PumpChannels.Current, Math.Max(0, (shaft / (Math.Max(volts, 1) * 0.72)) + (0.38 * _noise.Next())));
        var bar = (head * 0.0981 * (1 - (0.25 * leak))) - 0.3 + (0.22 * _noise.Next());
        values[PumpChannels.Pressure] = (float)((Math.Round(bar / PressureStep) * PressureStep) + 0.054711);
        values[PumpChannels.Temperature] = (float)(_motorC + (0.22 * _noise.Next()));
        values[PumpChannels.Thermocouple] = (float)(_fluidC + (0.006 * _noise.Next()));
        values[PumpChannels.Voltage] = (float)volts;
        var seen = _flow * (1 - (0.10 * leak)) * (1 + Wander(PumpChannels.Flow, 60, 0.002));
        values[PumpChannels.Flow] = (float)Math.Round((seen * _offset[PumpChannels.Flow]) + (0.45 * _noise.Next()), 1);
    }

    private float Scaled(int channel, double value) => (float)(value * _offset[channel]);

    // Ornstein-Uhlenbeck: mean 0, the given standard deviation, correlation over tau seconds.
    private double Wander(int channel, double tau, double deviation)
    {
        var keep = Math.Exp(-_dt / tau);
        _wander[channel] = (_wander[channel] * keep) + (deviation * Math.Sqrt(1 - (keep * keep)) * _noise.Next());
        return _wander[channel];
    }

    // Healthy standard deviation per channel at the default settings.
    private static double[] Spread => [0.0017, 0.0024, 0.38, 0.24, 0.25, 0.02, 10.5, 0.5];
}

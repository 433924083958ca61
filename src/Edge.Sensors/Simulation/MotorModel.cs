using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>The physics of an induction motor with a rolling bearing, step by step.</summary>
/// <remarks>
/// Speed: synchronous speed less a slip that grows with torque. Vibration: imbalance at the shaft's
/// frequency (∝ speed²), misalignment at twice that, white noise, and with a
/// defect of the outer race its ball-pass tone and second harmonic, order n/2·(1 − d/D·cos φ) of the shaft
/// (Randall, Antoni 2011, "Rolling element bearing diagnostics", eq. 1); the balls
/// slip, so the tone's phase wanders. Current: magnetising and load part in quadrature; wear adds friction. Heat: first-order housing.
/// </remarks>
public sealed class MotorModel : IMachineModel
{
    /// <summary>50 Hz mains, four poles.</summary>
    public const double SynchronousHz = 25;

    /// <summary>Outer race's ball-pass frequency over the shaft's, of a 6205 bearing: 9 balls of 7.94 mm on a pitch of 39.04 mm.</summary>
    public const double OuterRaceOrder = 3.585;

    private const double RatedSlip = 0.04;
    private const double MagnetisingA = 1.8;
    private const double RatedLoadA = 2.9;
    private const double RatedHeatC = 45;
    private const double HousingTauS = 1200;
    private const double WearTorque = 0.12;

    /// <summary>Phase of the tone wanders by this many radians per root second: the cage slips by about a per cent.</summary>
    private const double SlipWander = 1.5;

    private readonly MotorSettings _settings;
    private readonly GaussianNoise _noise;
    private readonly SensorFaults _sensors;
    private readonly double _dt;
    private readonly double _imbalance;
    private double _shaftPhase;
    private double _tonePhase;
    private double _housingC;
    private long _steps;

    public MotorModel(MotorSettings settings)
    {
        settings.Validate();
        _settings = settings;
        _noise = new GaussianNoise(settings.Seed);
        _sensors = new SensorFaults(settings.Faults, [0.04, 0.03, 0.1, 0.02], _noise);
        _dt = 1 / settings.RateHz;
        // No two machines are alike.
        _imbalance = 0.05 * (1 + (0.1 * _noise.Next()));
        _housingC = SteadyC(settings.Load);
    }

    public IReadOnlyList<SensorChannel> Channels => MotorChannels.All;

    public double RateHz => _settings.RateHz;

    /// <summary>Event time of the next step, since the start.</summary>
    public double Seconds => _steps * _dt;

    /// <inheritdoc/>
    public void Step(Span<float> values)
    {
        var wear = _settings.Faults.SeverityAt(FaultKind.BearingWear, Seconds);
        var torque = _settings.Load + (WearTorque * wear);
        var shaftHz = SynchronousHz * (1 - (RatedSlip * torque));
        _shaftPhase += 2 * Math.PI * shaftHz * _dt;
        _tonePhase += (2 * Math.PI * OuterRaceOrder * shaftHz * _dt) + (SlipWander * Math.Sqrt(_dt) * _noise.Next());
        _housingC += (SteadyC(torque) + (8 * wear) - _housingC) * (1 - Math.Exp(-_dt / HousingTauS));

        var rigid = _imbalance * (Math.Sin(_shaftPhase) + (0.3 * Math.Sin((2 * _shaftPhase) + 0.7)));
        var tone = 0.15 * wear * (Math.Sin(_tonePhase) + (0.5 * Math.Sin(2 * _tonePhase)));
        values[MotorChannels.Vibration] = (float)(rigid + tone + ((0.01 + (0.02 * wear)) * _noise.Next()));
        values[MotorChannels.Current] = (float)(Math.Sqrt((MagnetisingA * MagnetisingA) + Math.Pow(RatedLoadA * torque, 2)) + (0.03 * _noise.Next()));
        values[MotorChannels.Temperature] = (float)(_housingC + (0.1 * _noise.Next()));
        values[MotorChannels.Speed] = (float)(shaftHz + (0.02 * _noise.Next()));
        _sensors.Apply(values, Seconds);
        _steps++;
    }

    private double SteadyC(double torque) => _settings.AmbientC + (RatedHeatC * (0.4 + (0.6 * torque * torque)));
}

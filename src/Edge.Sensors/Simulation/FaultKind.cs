namespace Edge.Sensors.Simulation;

/// <summary>What can go wrong in a simulated machine. The first four are faults of machines (of the pump
/// all, of the motor the bearing's), the others of sensors.</summary>
public enum FaultKind
{
    /// <summary>A raceway defect: impulses raise both vibrations, friction raises current and motor temperature.</summary>
    BearingWear,

    /// <summary>A valve in the loop closes: less flow, more pressure before it, less power.</summary>
    ValveClosing,

    /// <summary>Fluid leaves behind the pump: pressure falls, the flow sensor behind the leak sees less, the pump moves more.</summary>
    Leak,

    /// <summary>Vapour at the inlet: flow and pressure fluctuate and fall, broadband vibration, unsteady current.</summary>
    Cavitation,

    /// <summary>One channel repeats its last value.</summary>
    Stuck,

    /// <summary>One channel drifts away from what it measures.</summary>
    Drift,

    /// <summary>One channel delivers nothing (NaN).</summary>
    Dropout,

    /// <summary>One channel carries strong noise.</summary>
    NoiseBurst,
}

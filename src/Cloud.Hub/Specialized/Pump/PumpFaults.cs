using System.Collections.Frozen;
using Cloud.Hub.Specialized.Contract;
using static Cloud.Hub.Specialized.Pump.PumpQuantity;

namespace Cloud.Hub.Specialized.Pump;

/// <summary>The faults the pack knows, by how a centrifugal pump's quantities answer them.</summary>
/// <remarks>Directions after Karassik et al., Pump Handbook, 4th ed., chapter 2.3 (system curves,
/// cavitation) and ISO 13373-1 (vibration of rotating machines).</remarks>
internal static class PumpFaults
{
    public const string Unknown = "unknown";

    public static IReadOnlyList<FaultSignature> All { get; } =
    [
        new(new PumpFault("valve-closing-outlet", "The path behind the pump is being throttled: flow falls while pressure builds up.",
                "Check the discharge valve and the strainer behind the pump; do not let the pump run against a closed valve."),
            Directions((Flow, -1f), (Pressure, 0.5f), (Current, -0.3f)), Directions()),
        new(new PumpFault("valve-closing-inlet", "The path before the pump is being throttled: flow and pressure fall together.",
                "Check the suction valve and the suction strainer; watch for cavitation."),
            Directions((Flow, -1f), (Pressure, -0.6f), (Vibration, 0.3f)), Directions()),
        new(new PumpFault("cavitation", "Vapour or air in the suction: vibration and unrest rise while the flow pulses and falls.",
                "Raise the suction pressure, lower the speed, look for air at the inlet."),
            Directions((Vibration, 0.8f), (Flow, -0.5f), (Pressure, -0.4f)), Directions((Flow, 0.8f), (Pressure, 0.6f), (Current, 0.4f))),
        new(new PumpFault("leak", "Water leaves the loop: pressure and flow sink slowly together, the machine itself stays calm.",
                "Inspect seals, couplings and drains; check the level of the tank."),
            Directions((Flow, -0.7f), (Pressure, -0.8f), (Vibration, -0.1f)), Directions()),
        new(new PumpFault("rotor-imbalance", "Vibration grows at the running speed while the hydraulics stay as they are.",
                "Balance the rotor; look for deposits on or damage to the impeller."),
            Directions((Vibration, 1f)), Directions((Vibration, 0.4f))),
        new(new PumpFault("bearing-wear", "Vibration and motor temperature rise together, the motor draws more.",
                "Listen to the bearing, check its grease, plan its replacement."),
            Directions((Vibration, 0.8f), (MotorTemperature, 0.6f), (Current, 0.4f)), Directions((Vibration, 0.3f))),
        new(new PumpFault("overload", "The motor draws more and warms up while the flow rises.",
                "Check viscosity and level of the fluid, and the duty point on the pump's curve."),
            Directions((Current, 1f), (Flow, 0.5f), (MotorTemperature, 0.4f)), Directions()),
        new(new PumpFault("hot-fluid", "The fluid is warmer than in the healthy run.",
                "Find where the heat comes from; check that the fluid's vapour pressure still leaves suction head."),
            Directions((FluidTemperature, 1f), (MotorTemperature, 0.3f)), Directions()),
        new(new PumpFault("supply-voltage", "The supply leaves its band, the current answers the other way.",
                "Check the supply and the motor's connections."),
            Directions((Voltage, -1f), (Current, 0.5f)), Directions((Voltage, 0.5f))),
    ];

    private static FrozenDictionary<PumpQuantity, float> Directions(params (PumpQuantity Quantity, float Weight)[] weights) =>
        weights.ToFrozenDictionary(pair => pair.Quantity, pair => pair.Weight);
}

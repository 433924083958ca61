namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>A model of known worth, by what it does on a device: as good as the old one but for what is set here.</summary>
/// <param name="Wrong">Share of windows that it answers wrongly for certain, healthy or faulty.</param>
/// <param name="FalseAlarm">Share of healthy windows on which it alarms for certain.</param>
/// <param name="OnlyHardware">What is bad about it is so on this hardware alone; null: everywhere.</param>
/// <param name="Invalid">Share of windows without a finite score.</param>
/// <param name="CrashEvery">Windows between two crashes of the agent; 0: never.</param>
/// <param name="Confidence">Factor on its scores.</param>
internal sealed record SimulatedModel(
    string Name, double Wrong = 0, double FalseAlarm = 0, string? OnlyHardware = null, double Invalid = 0, double ExtraLatencyUs = 0,
    long ExtraBytes = 0, double CrashEvery = 0, double Confidence = 1, double ExtraInput = 0)
{
    public static SimulatedModel Good { get; } = new("as good as the old one");

    /// <summary>What a first model may do wrong that shows with nothing before it.</summary>
    public static IReadOnlyList<SimulatedModel> BadFirst { get; } =
    [
        new("alarms on three healthy windows in four", FalseAlarm: 0.75), new("alarms on half of the healthy windows", FalseAlarm: 0.5),
        new("no number on 5 % of windows", Invalid: 0.05), new("crashes every 150 windows", CrashEvery: 150),
    ];

    public static IReadOnlyList<SimulatedModel> Bad { get; } =
    [
        new("wrong labels: 4 windows in 10 answered wrongly", Wrong: 0.4),
        new("shifted input scale", FalseAlarm: 0.3, Confidence: 1.8, ExtraInput: 0.3), new("no number on 5 % of windows", Invalid: 0.05),
        new("slow: 20 ms more a window", ExtraLatencyUs: 20_000), new("memory-hungry: 60 MB more", ExtraBytes: 60 << 20),
        new("crashes every 150 windows", CrashEvery: 150),
        new("2 % worse", Wrong: 0.02), new("bad on one slice: half of one hardware in ten alarms", FalseAlarm: 0.5, OnlyHardware: "old"),
    ];
}

namespace Operator.Cli.Demo;

/// <summary>What a person may choose about the demo.</summary>
internal sealed record DemoOptions
{
    /// <summary>Root of the source tree; the demo builds from it and writes below <c>artifacts/demo</c>.</summary>
    public required DirectoryInfo Root { get; init; }

    /// <summary>As <see cref="Data"/>: a simulated pump with injected faults.</summary>
    public const string Simulated = "simulated";

    /// <summary>Folder of recordings in SKAB's layout, or <see cref="Simulated"/>; null:
    /// <c>../shared/data/skab</c> where present, else simulated.</summary>
    public string? Data { get; init; }

    /// <summary>How many times faster than recorded; over 0.</summary>
    public double Speed { get; init; } = 150;

    /// <summary>2 to 12.</summary>
    public int Devices { get; init; } = 6;

    public int Seed { get; init; } = 1;

    public bool KeepRunning { get; init; }

    public bool BadModel { get; init; } = true;

    /// <summary>Added to every port of the hub, so that two demos can run side by side.</summary>
    public int PortOffset { get; init; }

    /// <summary>Of the broker, offset included; MQTT's own unless another is chosen.</summary>
    public int MqttPort { get => field > 0 ? field : 1883 + PortOffset; init; }

    /// <summary>For everything that the demo and its programs write.</summary>
    public string WorkFolder { get => field ?? Path.Combine(Root.FullName, "artifacts", "demo"); init; }

    public string ReportFile => Path.Combine(Root.FullName, "demo-report.json");
}

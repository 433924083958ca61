using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>Which models the device accepts and how it tries a new one. Section <c>model</c>.</summary>
internal sealed class ModelOptions : IValidatableObject
{
    /// <summary>PEM file with the public keys whose signature makes a package acceptable; null: the device never takes a model.</summary>
    public string? TrustedKeysFile { get; set; }

    /// <summary>First root of the image repository, whose keys say what bytes are; with <see cref="DirectorRoot"/> a model is
    /// taken only if both repositories agree on it. Null: the hub's word is enough.</summary>
    public string? ImageRoot { get; set; }

    /// <summary>First root of the hub's director, whose key says which device gets what.</summary>
    public string? DirectorRoot { get; set; }

    /// <summary>Package file to start with while no slot is filled; its own digest is taken as the wanted
    /// one. Null: rules alone until the hub sends one.</summary>
    public string? Package { get; set; }

    /// <summary>Bytes of a package at most. Default 64 MiB.</summary>
    [Range(1024, 1L << 30)]
    public long MaxPackageBytes { get; set; } = 64L << 20;

    /// <summary>A probe slower than this at its 99th percentile refuses the model. Default 50 ms.</summary>
    public TimeSpan ProbeLatency { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time for a whole download, resumed attempts included. Default 10 min.</summary>
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes a second of a download at most; 0: no bound. Default 0.</summary>
    [Range(0, 1L << 40)]
    public long DownloadBytesPerSecond { get; set; }

    /// <summary>Time of day in which downloads begin, <c>HH:mm-HH:mm</c> local time; one that has begun goes on. Null: any.</summary>
    public string? DownloadWindow { get; set; }

    /// <summary>Windows between two evidence facts of the answering model. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int EvidenceWindows { get; set; } = 100;

    /// <summary>Share of shadow windows without a finite answer above which the model is refused. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double MaxShadowInvalidShare { get; set; }

    /// <summary>Share of one core that a model in shadow may take, over (0, 1]; beyond it windows are skipped. Default 0.1.</summary>
    [Range(0.001, 1.0)]
    public double ShadowCpuShare { get; set; } = 0.1;

    /// <summary>Bytes by which the program may grow from a model's probe to the end of its shadow phase. Default 32 MiB.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxShadowBytes { get; set; } = 32L << 20;

    /// <summary>Newest rows kept in memory for tuning the model's head when the hub asks; 4 bytes a channel
    /// and row. 0: none, the device refuses. Default 4096.</summary>
    [Range(0, 1 << 20)]
    public int TuningRows { get; set; } = 4096;

    /// <summary>Time that tuning a head may take at most, on one core. Default 2 s.</summary>
    public TimeSpan TuningBudget { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ProbeLatency <= TimeSpan.Zero) yield return new ValidationResult($"model:probeLatency {ProbeLatency} must be above 0");
        if (DownloadTimeout <= TimeSpan.Zero) yield return new ValidationResult($"model:downloadTimeout {DownloadTimeout} must be above 0");
        if (DownloadWindow is not null && DailyWindow.TryParse(DownloadWindow) is null)
            yield return new ValidationResult(
                $"model:downloadWindow '{DownloadWindow}' must be HH:mm-HH:mm and not empty: a window that never opens takes no model");
        if (TuningBudget <= TimeSpan.Zero) yield return new ValidationResult($"model:tuningBudget {TuningBudget} must be above 0");
        if (ImageRoot is null != DirectorRoot is null)
            yield return new ValidationResult("model:imageRoot and model:directorRoot go together: one without the other agrees with nobody");
        if (Package is not null && TrustedKeysFile is null)
            yield return new ValidationResult("model:package needs model:trustedKeysFile: without a trusted key no package is accepted");
    }
}

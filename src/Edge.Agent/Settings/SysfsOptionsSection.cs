using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>A device of the kernel as the sensor. Sections <c>sensor:iio</c> and <c>sensor:hwmon</c>.</summary>
internal sealed class SysfsOptionsSection : IValidatableObject
{
    private const double MaxRateHz = 1000;

    /// <summary>The name its driver gives (<c>bmp280</c>, <c>k10temp</c>), or its folder (<c>iio:device0</c>, <c>hwmon1</c>).</summary>
    public string Device { get; set; } = "";

    /// <summary>Folder of the devices; null: where the kernel shows them.</summary>
    public string? Root { get; set; }

    /// <summary>Rows a second, at most 1000: every channel is one file read each time. Default 1.</summary>
    public double RateHz { get; set; } = 1;

    /// <summary>Channels to read, in this order; none: all that the device offers.</summary>
    public IList<string> Channels { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Device)) yield return new ValidationResult("device must name the driver or the folder");
        if (!(RateHz > 0 && RateHz <= MaxRateHz))
            yield return new ValidationResult(FormattableString.Invariant($"rateHz {RateHz} must be above 0 and at most {MaxRateHz}"));
        foreach (var twice in Channels.GroupBy(name => name).Where(group => group.Count() > 1))
            yield return new ValidationResult($"channels: '{twice.Key}' stands twice");
    }
}

using System.ComponentModel.DataAnnotations;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Sampling;

namespace Edge.Agent.Settings;

/// <summary>From samples to windows. Section <c>pipeline</c>; meanings as in <see cref="SamplingOptions"/> and <see cref="WindowOptions"/>.</summary>
internal sealed class PipelineOptions : IValidatableObject
{
    [Range(2, 1 << 24)]
    public int QueueCapacity { get; set; } = 8192;

    public TimeSpan SilenceAfter { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan Lateness { get; set; } = TimeSpan.FromSeconds(2);

    public TimeSpan MaxGap { get; set; } = TimeSpan.FromSeconds(20);

    public TimeSpan RunGap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Of a live machine; a recording that is replayed is one already. Default 20 min.</summary>
    public TimeSpan RecordingLength { get; set; } = TimeSpan.FromMinutes(20);

    public int HistoryFrames { get; set; } = 4096;

    public int MaxCalibrationRows { get; set; } = 4096;

    /// <summary>Rows of the window that experience keeps. Default 60.</summary>
    public int WindowLength { get; set; } = 60;

    /// <summary>Frames between two such windows. Default 1.</summary>
    public int WindowStride { get; set; } = 1;

    /// <summary>First rows of a run, taken as healthy, while no model says how many. Default 400.</summary>
    public int CalibrationRows { get; set; } = 400;

    public SamplingOptions ToSampling() => new() { QueueCapacity = QueueCapacity, SilenceAfter = SilenceAfter, RetryAfter = RetryAfter };

    public WindowOptions ToWindows() => new()
    {
        Lateness = Lateness, MaxGap = MaxGap, RunGap = RunGap, RecordingLength = RecordingLength, HistoryFrames = HistoryFrames, 
        MaxCalibrationRows = MaxCalibrationRows, Length = WindowLength, Stride = WindowStride, CalibrationRows = CalibrationRows,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var problem = Problem();
        if (problem is not null) yield return new ValidationResult($"pipeline: {problem}");
    }

    private string? Problem()
    {
        try
        {
            ToSampling().Validate();
            ToWindows().Validate();
            return null;
        }
        catch (ArgumentException error)
        {
            return error.Message;
        }
    }
}

using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Reasoning;
using Hmas.Signals;

namespace Edge.Agent.Pipeline;

/// <summary>All that the ladder knows of one frame. Spans are the pipeline's own buffers: valid during the call only.</summary>
internal readonly ref struct Observation
{
    private readonly ref readonly Prediction _prediction;

    public Observation(in Prediction prediction) => _prediction = ref prediction;

    public required string RunId { get; init; }

    /// <summary>Index of the frame in its run, from 0.</summary>
    public required long Frame { get; init; }

    /// <summary>Event time of the frame.</summary>
    public required long TimestampUs { get; init; }

    /// <summary>Newest row, length = device channels, in their order; NaN is missing.</summary>
    public required ReadOnlySpan<float> Values { get; init; }

    /// <summary>The device's own window, all device channels in their order, ending with this frame; null when none is due.</summary>
    public required WindowBuilder? DueWindow { get; init; }

    public ref readonly Prediction Prediction => ref _prediction;

    /// <summary>Among the run's first rows, which the device takes as healthy.</summary>
    public required bool IsCalibration { get; init; }

    /// <summary>Of every device channel in this run, by the active model's recipe (the default recipe without
    /// a model); null before the calibration rows are there.</summary>
    public required Calibration? Calibration { get; init; }

    /// <summary>Highest priority first; empty when nothing changed.</summary>
    public required ReadOnlySpan<Decision> Decisions { get; init; }
}

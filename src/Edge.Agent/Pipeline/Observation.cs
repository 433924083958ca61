using Edge.Agent.Perception.Inference;
using Edge.Agent.Reasoning;

namespace Edge.Agent.Pipeline;

/// <summary>All that the ladder knows of one frame. Spans are the pipeline's own buffers: valid during the call only.</summary>
internal readonly ref struct Observation
{
    public required string RunId { get; init; }

    /// <summary>Index of the frame in its run, from 0.</summary>
    public required long Frame { get; init; }

    /// <summary>Event time of the frame.</summary>
    public required long TimestampUs { get; init; }

    /// <summary>Newest row, length = device channels, in their order; NaN is missing.</summary>
    public required ReadOnlySpan<float> Values { get; init; }

    /// <summary>
    /// Raw values, shape (C, T), row-major, ending with this frame; empty when no window is due. Channel order and T of the active model's manifest;
    /// without a model all device channels in their order and the default length.
    /// </summary>
    public required ReadOnlySpan<float> Window { get; init; }

    /// <summary>C of <see cref="Window"/>.</summary>
    public required int WindowChannels { get; init; }

    /// <summary>Event time of the window's first row.</summary>
    public required long WindowStartUs { get; init; }

    public required Prediction Prediction { get; init; }

    /// <summary>Among the run's first rows, which the device takes as healthy.</summary>
    public required bool IsCalibration { get; init; }

    /// <summary>Centre per channel of the window once calibrated, else empty.</summary>
    public required float[] Centre { get; init; }

    /// <inheritdoc cref="Centre"/>
    public required float[] Scale { get; init; }

    /// <summary>Highest priority first; empty when nothing changed.</summary>
    public required ReadOnlySpan<Decision> Decisions { get; init; }
}

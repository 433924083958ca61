using Hmas.Contracts.Facts;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>A label as people and systems post it. The kind may be left out where the word leaves no doubt.</summary>
internal sealed record LabelRequest
{
    public required string DeviceId { get; init; }

    /// <summary>Null: whatever run covers the time.</summary>
    public string? RunId { get; init; }

    public required long FromUs { get; init; }

    /// <summary>Inclusive.</summary>
    public required long ToUs { get; init; }

    public required string Label { get; init; }

    /// <summary>Null: an outcome, of a label <c>normal</c> or <c>anomaly</c>; other words may name a fault, a state or a failure's cause.</summary>
    public LabelKind? Kind { get; init; }

    public required string Source { get; init; }

    /// <summary>Whether the word alone says what is told.</summary>
    public bool IsPlain => Kind is not null || Label is "normal" or "anomaly";

    public OutcomeLabel ToLabel() => new()
    {
        DeviceId = DeviceId, RunId = RunId, FromUs = FromUs, ToUs = ToUs, Label = Label, Kind = Kind ?? LabelKind.Outcome, Source = Source,
    };
}

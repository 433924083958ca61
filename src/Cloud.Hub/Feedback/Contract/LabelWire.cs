using Hmas.Contracts.Facts;

namespace Cloud.Hub.Feedback.Contract;

/// <summary>A label as its message, and back: it goes both ways through the door.</summary>
internal static class LabelWire
{
    public static V1.Label ToWire(OutcomeLabel label)
    {
        var wire = new V1.Label
        {
            DeviceId = label.DeviceId, FromUs = label.FromUs, ToUs = label.ToUs, Label_ = label.Label, Source = label.Source, Kind = (int)label.Kind,
        };
        if (label.RunId is not null) wire.RunId = label.RunId;
        return wire;
    }

    public static OutcomeLabel FromWire(V1.Label label) => new()
    {
        DeviceId = label.DeviceId,
        RunId = label.HasRunId ? label.RunId : null,
        FromUs = label.FromUs,
        ToUs = label.ToUs,
        Label = label.Label_,
        Source = label.Source,
        Kind = (LabelKind)label.Kind,
    };
}

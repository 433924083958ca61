using Cloud.Hub.Learning.Contract;
using Hmas.Contracts;
using V1 = Cloud.Hub.Learning.Contract.V1;

namespace Cloud.Hub.Learning.Endpoints;

/// <summary>Questions of the label queue between records and messages, both ways.</summary>
internal static class QuestionTranslation
{
    public static LabelQuestion FromWire(V1.Question wire) => new()
    {
        Id = wire.Id,
        DeviceId = wire.DeviceId,
        RunId = wire.RunId,
        FromUs = wire.FromUs,
        ToUs = wire.ToUs,
        Uncertainty = wire.Uncertainty,
        Said = wire.Said,
        Names = [.. wire.Names],
        AskedAt = DateTimeOffset.UnixEpoch.AddMicroseconds(wire.AskedAtUs),
        State = wire.State,
        Label = wire.HasLabel ? wire.Label : null,
        By = wire.HasBy ? wire.By : null,
        Channels = [.. wire.Channels],
        Window = [.. wire.Window],
    };

    public static V1.Question ToWire(LabelQuestion question)
    {
        var wire = new V1.Question
        {
            Id = question.Id,
            DeviceId = question.DeviceId,
            RunId = question.RunId,
            FromUs = question.FromUs,
            ToUs = question.ToUs,
            Uncertainty = question.Uncertainty,
            Said = question.Said,
            AskedAtUs = question.AskedAt.ToUnixMicroseconds(),
            State = question.State,
        };
        if (question.Label is { } label) wire.Label = label;
        if (question.By is { } by) wire.By = by;
        wire.Names.AddRange(question.Names);
        wire.Channels.AddRange(question.Channels);
        wire.Window.AddRange(question.Window);
        return wire;
    }
}

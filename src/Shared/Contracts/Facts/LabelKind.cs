using System.Text.Json.Serialization;

namespace Hmas.Contracts.Facts;

/// <summary>What a label tells. Numbers stand in feedback.db: never reused.</summary>
[JsonConverter(typeof(EnumWordConverter<LabelKind>))]
public enum LabelKind
{
    /// <summary>Whether all was well: <c>normal</c>, or <c>anomaly</c> or the name of a fault.</summary>
    Outcome = 0,

    /// <summary>What the machine was doing, as <c>idle</c>: a class to tell apart, neither well nor wrong.</summary>
    State = 1,

    /// <summary>The machine failed at this moment; what it lived through before was the end of its life. Begins and ends there.</summary>
    Failure = 2,
}

using System.Text.Json.Serialization;

namespace Hmas.Contracts.Models;

/// <summary>Whose matter the reason of a slot report is: only <see cref="Model"/> speaks against
/// the model. Numbers cross the wire: never reused.</summary>
[JsonConverter(typeof(EnumWordConverter<SlotReasonClass>))]
public enum SlotReasonClass
{
    /// <summary>The way to the device: the bytes did not come, are not those promised or vouched for, or are for another device.</summary>
    Transport = 1,

    /// <summary>Nothing is wrong, but no windows come to judge by; the step goes on when they do.</summary>
    Idle = 2,

    /// <summary>The model: it does not load, does not answer, answers wrongly or too slowly, or takes the program down.</summary>
    Model = 3,

    /// <summary>The device's disk: full or failing. The device tries again by itself.</summary>
    Storage = 4,
}

namespace Hmas.Contracts.Models;

/// <summary>The words of <see cref="SlotReport.Reason"/>, by class.</summary>
public static class SlotReasons
{
    public const string Storage = "storage";

    public const string Idle = "idle";

    /// <summary>Null for <c>restored</c> and <c>cancelled</c>, which are nobody's fault, and for no reason at all; a
    /// word that this reader does not know counts against the model.</summary>
    public static SlotReasonClass? ClassOf(string? reason) => reason switch
    {
        null or "restored" or "cancelled" => null,
        "download" or "digest-mismatch" or "signature" or "director" or "older-release" or "channels" or "hardware" => SlotReasonClass.Transport,
        Idle => SlotReasonClass.Idle,
        Storage => SlotReasonClass.Storage,
        _ => SlotReasonClass.Model,
    };
}

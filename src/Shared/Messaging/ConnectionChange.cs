namespace Hmas.Messaging;

/// <summary>The link came up (after the subscriptions and the birth were acknowledged) or went down.</summary>
/// <param name="SessionPresent">The broker still had this client's session: queued messages follow.</param>
/// <param name="Session">Number of this connect, see <see cref="PresenceWill.NextSession"/>; 0 without a will.</param>
/// <param name="Reason">For people; null when connected.</param>
public readonly record struct ConnectionChange(bool Connected, bool SessionPresent, long Session, MqttVersion Version, string? Reason);

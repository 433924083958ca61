namespace Hmas.Messaging;

/// <summary>Why a connect failed or a link ended.</summary>
/// <param name="Code">MQTT 5 reason code; 0 when the broker gave none.</param>
/// <param name="Wants311">The broker does not take the protocol version: try 3.1.1.</param>
internal sealed record LinkEnd(byte Code, string Reason, bool Wants311 = false);

namespace Hmas.Contracts.Wire;

/// <summary>Bytes from outside are not what their format says. The message names the field and why.</summary>
public sealed class WireFormatException(string message) : Exception(message);

namespace Hmas.Contracts.Deltas;

/// <summary>Bytes of the new file that are like bytes of the old one, at the same distance all along; between matches stand literals.</summary>
internal readonly record struct Match(int New, int Old, int Length);

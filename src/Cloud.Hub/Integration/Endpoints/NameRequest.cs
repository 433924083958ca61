using Hmas.Contracts.Facts;

namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Label"><c>normal</c>, <c>anomaly</c>, or the name of a fault or state.</param>
/// <param name="Kind">Null: what was asked; of a detector's window an outcome, of a classifier's a state.</param>
internal sealed record NameRequest(string? Label, LabelKind? Kind);

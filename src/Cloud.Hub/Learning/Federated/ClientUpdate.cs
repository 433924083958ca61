namespace Cloud.Hub.Learning.Federated;

/// <summary>What one device sends back in a round.</summary>
/// <param name="Client">Device id.</param>
/// <param name="Round">The round that it answers.</param>
/// <param name="Samples">Labelled windows that it tuned on, as it says.</param>
/// <param name="Delta">Tuned head minus the one that was sent.</param>
internal sealed record ClientUpdate(string Client, int Round, int Samples, float[] Delta);

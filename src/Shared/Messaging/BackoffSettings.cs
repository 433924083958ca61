using System.ComponentModel.DataAnnotations;

namespace Hmas.Messaging;

public sealed record BackoffSettings
{
    /// <summary>Ceiling of the first wait; it doubles with every failure.</summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest ceiling.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>A link that held this long starts the doubling anew.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        if (Initial <= TimeSpan.Zero || Cap < Initial)
            throw new ValidationException($"Backoff.Initial {Initial} must be above 0 and at most Backoff.Cap {Cap}");
        if (StableAfter < TimeSpan.Zero) throw new ValidationException($"Backoff.StableAfter {StableAfter} must not be negative");
    }
}

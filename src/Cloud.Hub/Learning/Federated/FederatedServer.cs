using System.Globalization;
using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Learning.Federated;

/// <summary>The head of a fleet's classifier, improved in rounds: devices tune it on windows that never leave
/// them, and send only what changed. Pure: no clock, no network.</summary>
internal sealed class FederatedServer
{
    /// <summary>FedAdam's floor under the root (τ of Reddi et al. 2021): pseudo-gradients are small,
    /// and 1e-8 would turn their noise into full steps.</summary>
    private const float AdamFloor = 1e-3f;

    private readonly FederatedSettings _settings;
    private readonly float[] _head;
    private readonly Adam? _optimiser;

    /// <param name="head">What round 1 sends; copied.</param>
    /// <param name="round">The round that begins.</param>
    public FederatedServer(ReadOnlySpan<float> head, FederatedSettings settings, int round = 1)
    {
        (_settings, _head, Round) = (settings, head.ToArray(), round);
        if (settings.ServerRate > 0) _optimiser = new Adam(_head.Length, beta2: 0.99f, epsilon: AdamFloor);
    }

    /// <summary>Devices answer with this; others are too late or too early.</summary>
    public int Round { get; private set; }

    public ReadOnlySpan<float> Head => _head;

    /// <summary>Checks, bounds and joins the updates, moves the head, and begins the next round.</summary>
    /// <param name="updates">In any order; the first of a device counts.</param>
    /// <param name="invited">Devices that were asked; null: whoever answers.</param>
    public RoundReport Close(IEnumerable<ClientUpdate> updates, IReadOnlySet<string>? invited = null)
    {
        var accepted = new Dictionary<string, ClientUpdate>(StringComparer.Ordinal);
        var refused = new List<(string, string)>();
        var clipped = 0;
        foreach (var update in updates.OrderBy(update => update.Client, StringComparer.Ordinal))
        {
            if (Fault(update, accepted.ContainsKey(update.Client), invited) is { } fault) refused.Add((update.Client, fault));
            else accepted.Add(update.Client, Bounded(update, ref clipped));
        }

        var hasMoved = accepted.Count >= _settings.MinClients;
        if (hasMoved) Move(UpdateAggregator.Join([.. accepted.Values], _settings));
        var windows = accepted.Values.Sum(update => Math.Min(update.Samples, (int)_settings.MaxWeight));
        return new RoundReport(Round++, [.. accepted.Keys], clipped, refused, hasMoved, windows);
    }

    private string? Fault(ClientUpdate update, bool isSecond, IReadOnlySet<string>? invited)
    {
        if (invited?.Contains(update.Client) == false) return "was not asked in this round";
        if (isSecond) return "a second update in this round";
        if (update.Round != Round) return string.Create(CultureInfo.InvariantCulture, $"answers round {update.Round}, this is {Round}");
        if (update.Delta.Length != _head.Length)
            return string.Create(CultureInfo.InvariantCulture, $"{update.Delta.Length} values, the head has {_head.Length}");
        if (update.Samples < 1) return "tuned on no window";
        if (!TensorPrimitives.IsFiniteAll<float>(update.Delta)) return "a value is not finite";
        var norm = Norm(update.Delta);
        return norm <= _settings.RefusedNorm
            ? null : string.Create(
                CultureInfo.InvariantCulture, $"its norm is {norm:0.###E+0}, {_settings.RefusedNorm:0.###} at most can be meant well");
    }

    /// <summary>In two steps, since the sum of squares of a huge update overflows single precision.</summary>
    private static double Norm(ReadOnlySpan<float> delta)
    {
        var largest = Math.Abs((double)TensorPrimitives.MaxMagnitude(delta));
        if (largest == 0) return 0;
        var sum = 0.0;
        foreach (var value in delta) sum += value / largest * (value / largest);
        return largest * Math.Sqrt(sum);
    }

    private ClientUpdate Bounded(ClientUpdate update, ref int clipped)
    {
        // In two steps, since the sum of squares of a huge update overflows single precision.
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(update.Delta));
        if (largest == 0) return update;
        var scaled = new float[update.Delta.Length];
        TensorPrimitives.Divide(update.Delta, largest, scaled);
        var norm = TensorPrimitives.Norm<float>(scaled);
        if ((double)norm * largest <= _settings.MaxNorm) return update;
        clipped++;
        TensorPrimitives.Multiply(scaled, _settings.MaxNorm / norm, scaled);
        return update with { Delta = scaled };
    }

    private void Move(float[] joined)
    {
        if (_optimiser is null)
        {
            TensorPrimitives.Add(_head, joined, _head);
            return;
        }

        TensorPrimitives.Negate(joined, joined);
        _optimiser.Step(_head, joined, _settings.ServerRate);
    }
}

using System.Globalization;
using Hmas.Contracts.Models;

namespace Operator.Cli.Demo.Report;

/// <summary>Whether the loop really closed: each check with what was seen. A check of nothing does not hold.</summary>
internal static class DemoVerdict
{
    /// <param name="firstDigest">Of the model that judged the unseen recordings first.</param>
    /// <param name="secondDigest">Of the one that judged them again.</param>
    /// <param name="bad">Null when the drill was left out.</param>
    public static IReadOnlyList<DemoCheck> Checks(
        IReadOnlyList<DeviceResult> devices, string firstDigest, string secondDigest, Confusion before, Confusion after, ItemCounts experiences,
        ItemCounts facts,
        BadModelResult? bad, IReadOnlyDictionary<string, ServiceFact> services)
    {
        var idle = ServiceFacts.Idle(services);
        List<DemoCheck> checks =
        [
            All("every device answered the unseen recording with the first model", devices.Count(device => device.DigestBefore == firstDigest),
                devices.Count),
            All("every device answered it again with the new model",
                firstDigest == secondDigest ? 0 : devices.Count(device => device.DigestAfter == secondDigest), devices.Count),
            Better(before, after),
            new("no experience lost, none twice", experiences.IsExact, $"{experiences.Produced} produced, {experiences.Stored} stored"),
            new("no other fact lost, none twice", facts is { Produced: > 0, Lost: 0, Duplicated: 0 },
                $"{facts.Produced} numbered, {facts.Stored} stored"),
            new("each of the hub's services was seen at work", services.Count > 0 && idle.Count == 0,
                idle.Count == 0 ? $"{services.Count} of {services.Count}" : $"not {string.Join(", ", idle)}"),
        ];
        if (bad is not null)
        {
            checks.Add(new DemoCheck("the bad model was stopped", bad.StoppedBy is not null, bad.StoppedBy ?? "nothing stopped it"));
            checks.Add(All("every device it touched went back", bad.DevicesRestored, bad.DevicesTouched));
        }

        return checks;
    }

    private static DemoCheck All(string name, int part, int whole) => new(name, whole > 0 && part == whole, $"{part} of {whole}");

    private static DemoCheck Better(Confusion before, Confusion after)
    {
        var (old, now) = (before.ToMetrics(), after.ToMetrics());
        var seen = string.Create(
            CultureInfo.InvariantCulture, $"F1 {old.F1:0.000} to {now.F1:0.000} on {now.Rows} rows, {now.AnomalousRows} of them anomalous");
        return new DemoCheck(
            "the new model is better on recordings no training saw", old.Rows == now.Rows && now.AnomalousRows > 0 && now.F1 > old.F1, seen);
    }
}

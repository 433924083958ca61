using System.Globalization;
using Edge.Agent.Perception.Inference;

namespace Edge.Agent.Reasoning;

/// <summary>Says in words which conditions of a rule hold, or that they ended.</summary>
internal static class RuleReasons
{
    private const int MaxReasons = 16;

    public static IReadOnlyList<string> Of(RuleSet set, int root, ReadOnlySpan<float> values, in Prediction prediction, bool raised)
    {
        var reasons = new List<string>();
        Collect(set, root, values, prediction, raised, negated: false, reasons);
        return reasons;
    }

    /// <summary>Whether a condition below <paramref name="index"/> asks what the model says of the machine's state.</summary>
    public static bool AsksModel(RuleSet set, int index)
    {
        var node = set.Nodes[index];
        for (var i = 0; i < node.ChildCount; i++)
        {
            if (AsksModel(set, set.Children[node.FirstChild + i])) return true;
        }

        return node.Signal >= 0 && set.Signals[node.Signal].Kind is SignalKind.Alarm or SignalKind.Score or SignalKind.ScoreRatio;
    }

    private static void Collect(
        RuleSet set, int index, ReadOnlySpan<float> values, in Prediction prediction, bool raised, bool negated, List<string> reasons)
    {
        if (reasons.Count == MaxReasons) return;
        var node = set.Nodes[index];
        for (var i = 0; i < node.ChildCount; i++)
        {
            Collect(set, set.Children[node.FirstChild + i], values, prediction, raised, negated ^ (node.Kind == NodeKind.Not), reasons);
        }

        if (node.Signal < 0) return;
        var value = values[node.Signal];
        var signal = set.Signals[node.Signal];
        if (float.IsNaN(value))
        {
            if (!raised) reasons.Add($"{signal.Label} has no value");
            return;
        }

        var above = node.Kind == NodeKind.Above;
        var level = raised ^ negated ? node.Raise : node.Clear;

        // A latched condition may hold between its two levels; then the clearing level is the one it is judged by.
        var holds = above ? value > node.Clear : value < node.Clear;
        if (raised && holds == negated) return;
        var relation = holds ? (above ? "above" : "below") : above ? "not above" : "not below";
        reasons.Add(signal.Kind switch
        {
            SignalKind.Alarm => Alarm(prediction, holds),
            SignalKind.Missing => holds ? $"{signal.Label}: no value in this frame" : $"{signal.Label}: there again",
            _ => string.Create(CultureInfo.InvariantCulture, $"{signal.Label} {value:G4} {relation} {level:G4}"),
        });
    }

    /// <summary>An alarm is no number for a person: what the model says is.</summary>
    private static string Alarm(in Prediction prediction, bool holds) => prediction.Class is { } name
        ? string.Create(CultureInfo.InvariantCulture, $"class {name}, probability {prediction.Probability:0.00}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"score {prediction.Smoothed:G4} {(holds ? "above" : "not above")} its threshold {prediction.Threshold:G4}");
}

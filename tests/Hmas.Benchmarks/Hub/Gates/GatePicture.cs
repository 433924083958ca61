using System.Globalization;
using System.Text;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>Evidence of a canary over time against what it is held to, for a good and a bad model: odds under the default gate, proof in
/// shadow under the strict one.</summary>
internal static class GatePicture
{
    private const int Seed = 3;
    private const int Width = 900;
    private const int Height = 330;
    private const string GoodColour = "#1f6feb";
    private const string BadColour = "#c0362c";

    /// <param name="path">Of the SVG file.</param>
    public static void Write(string path)
    {
        var slice = SimulatedModel.Bad.Single(static model => model.OnlyHardware is not null);
        var worse = SimulatedModel.Bad.Single(static model => model.Wrong is > 0 and < 0.1);
        var svg = new StringBuilder(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {2 * Height}\" font-family=\"sans-serif\" font-size=\"13\">");
        svg.Append($"<rect width=\"{Width}\" height=\"{2 * Height}\" fill=\"#fff\"/>");
        var odds = new GatePanel("Default gate: the highest odds of any metric that it is above its limit", 0, Height, 35, 0.5, 100_000, isLog: true);
        odds.Axes(svg, [0, 5, 10, 15, 20, 25, 30, 35], [1, 10, 100, 1_000, 10_000, 100_000], static odds => $"{odds:#,0}");
        odds.Boundary(svg, Looks("default", SimulatedModel.Good)[^1].StopsAt, "stops here: at most 5 good models of 100 ever get here");
        Draw(svg, odds, Looks("default", slice), static look => (look.Odds, look.Odds), BadColour, "bad on one hardware class");
        Draw(svg, odds, Looks("default", SimulatedModel.Good), static look => (look.Odds, look.Odds), GoodColour, "as good as the old one");
        var proof = new GatePanel(
            "Strict gate: windows in a hundred on which the new model alarms more, and what it may be at 95 %", Height, Height, 210, -2, 7, isLog: false);
        proof.Axes(svg, [0, 30, 60, 90, 120, 150, 180, 210], [-2, 0, 2, 4, 6], static more => $"{more:0}");
        proof.Boundary(svg, 1, "limit; to pass, the upper edge must come below");
        Draw(svg, proof, Looks("strict", worse), static look => (100 * look.More, 100 * look.MayBe), BadColour, "2 % worse");
        Draw(svg, proof, Looks("strict", SimulatedModel.Good), static look => (100 * look.More, 100 * look.MayBe), GoodColour, "as good as the old one");
        File.WriteAllText(path, svg.Append("</svg>\n").ToString());
    }

    private static void Draw(StringBuilder svg, GatePanel panel, List<Look> looks, Func<Look, (double, double)> of, string colour, string name)
    {
        var last = looks[^1];
        var end = string.Create(CultureInfo.InvariantCulture, $"{name}: {(last.IsStopped ? "stopped" : "passed")} after {last.Minutes:0} min");
        panel.Line(svg, [.. looks.Select(look => (look.Minutes, of(look).Item1, of(look).Item2))], colour, end);
    }

    /// <summary>The canary, look by look, until its verdict.</summary>
    private static List<Look> Looks(string part, SimulatedModel model)
    {
        var looks = new List<Look>();
        GateScenario.All.Single(scenario => scenario.Name == part).Rollout(model, Seed).Play((minutes, rollout) =>
        {
            if (rollout.Groups[0] is not { Evidence: { } evidence } canary || looks is [.., { HasEnded: true }]) return;
            var pairs = canary.Tests.GetValueOrDefault(GateLimits.ShadowAlarms)?.Whole;
            var mayBe = pairs is null ? 1 : PairInterval.Upper(pairs, canary.Tests[GateLimits.ShadowDisagreement].Whole);
            looks.Add(new Look(
                minutes, evidence.Metrics.Select(static metric => metric.Odds).DefaultIfEmpty(1).Max(),
                evidence.Metrics.Select(static metric => metric.StopsAt).DefaultIfEmpty(1).Max(), pairs?.Value ?? 0, mayBe,
                rollout.StoppedBy is not null, canary.State is GroupState.Passed or GroupState.Failed));
        });
        return looks;
    }

    /// <param name="More">Share of windows on which the new model alarms more than the old one.</param>
    /// <param name="MayBe">The same, at 95 % certainty.</param>
    private sealed record Look(double Minutes, double Odds, double StopsAt, double More, double MayBe, bool IsStopped, bool HasEnded);
}

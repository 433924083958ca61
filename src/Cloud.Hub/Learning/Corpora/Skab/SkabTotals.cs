using System.Globalization;
using Cloud.Hub.Learning.Export;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>Sums over the scored files of a run, and what a person reads of them.</summary>
internal sealed class SkabTotals
{
    private Confusion _int8;
    private Confusion _float;
    private Confusion _sooner;
    private ChangepointScore _changes;
    private double _int8Us = double.PositiveInfinity;
    private double _floatUs = double.PositiveInfinity;
    private int _files;
    private int _parameters;
    private FittedModel? _model;

    public void Take(FittedModel model, int parameters) => (_parameters, _model) = (parameters, model);

    public void Add(SkabReplay int8, SkabReplay twin, IReadOnlyList<bool> anomalous, Confusion sooner, ChangepointScore? changes)
    {
        _files++;
        _int8 += int8.Against(anomalous);
        _float += twin.Against(anomalous);
        _sooner += sooner;
        _changes += changes ?? default;
        // The quickest file: the others measure what else the machine did.
        _int8Us = Math.Min(_int8Us, int8.WindowUs);
        _floatUs = Math.Min(_floatUs, twin.WindowUs);
    }

    public void Report(TextWriter report)
    {
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"model: {SkabRecipe.Members} members, {_parameters} parameters, int8 {_model?.Int8.Length} bytes, float {_model?.Float.Length} bytes"));
        foreach (var line in _model?.Facts.Lines ?? []) report.WriteLine(line);
        if (_files == 0)
        {
            report.WriteLine("the files carry no truth: predictions only");
            return;
        }

        report.WriteLine($"all {_files} files, int8: {Text(_int8)}");
        report.WriteLine($"all {_files} files, float: {Text(_float)}");
        report.WriteLine($"all {_files} files, int8, 100 rows before the fault cut away: {Text(_sooner)}");
        report.WriteLine($"changepoints, NAB: {_changes}");
        report.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"per window, features and inference: int8 {_int8Us:0.0} µs, float {_floatUs:0.0} µs"));
    }

    public static string Text(Confusion counts)
    {
        var metrics = counts.ToMetrics();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"F1 {metrics.F1:0.000}, false alarms {100 * metrics.FalseAlarmRate:0.0} %, missed {100 * metrics.MissedAlarmRate:0.0} %, {metrics.Rows} rows");
    }
}

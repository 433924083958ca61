using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Recipes;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>Runs classifiers over recordings as a device would, in int8 and beside it in float, and keeps the sums.</summary>
/// <param name="firstCode">What the files call class 0.</param>
internal sealed class ScoreSheet(ScoreRequest request, ClassRecipe recipe, int firstCode)
{
    private readonly ClassScore _int8 = new(recipe.Classes.Count);
    private readonly ClassScore _float = new(recipe.Classes.Count);
    private readonly List<double> _accuracies = [];
    private double _fastestUs = double.PositiveInfinity;
    private double _confidence;
    private long _setSizes;
    private long _covered;
    private FittedClassifier? _last;

    /// <summary>Classifies every moment, writes the predictions, prints the file's line.</summary>
    /// <param name="name">File of predictions.</param>
    /// <param name="moments">Those to score.</param>
    public void Add(FittedClassifier model, Recording recording, string name, IEnumerable<Moment> moments)
    {
        _last = model;
        using var int8 = new Classifier(model.Manifest, model.Int8, new SessionSettings());
        using var precise = new Classifier(model.Manifest with { Precision = "float32" }, model.Float, new SessionSettings());
        var window = new float[recipe.Channels.Count * recipe.Window.Length];
        var score = new ClassScore(recipe.Classes.Count);
        var rows = new List<(int, int, int)>();
        foreach (var moment in moments)
        {
            recording.Copy(moment.Row, window);
            var prediction = int8.Classify(window);
            var answer = Math.Max(0, prediction.Class);
            score.Add(moment.Class, answer);
            _float.Add(moment.Class, Math.Max(0, precise.Classify(window).Class));
            _confidence += prediction.Probability;
            _setSizes += prediction.SetSize;
            if (prediction.IsValid && model.Manifest.PredictionSet is not null && int8.IsInSet(moment.Class)) _covered++;
            rows.Add((moment.Index, moment.Class + firstCode, answer + firstCode));
        }

        if (rows.Count == 0) throw new CorpusException($"{recording.File}: no window to score");
        _fastestUs = Math.Min(_fastestUs, Time(int8, window));
        _int8.Add(score);
        _accuracies.Add(score.Accuracy);
        PredictionFile.Write(request.Out, name, rows);
        request.Report.WriteLine($"{name}: {score}");
    }

    /// <summary>Prints what all files give, and what the model costs.</summary>
    public void Close()
    {
        if (_last is not { } model) throw new CorpusException($"{request.Data}: no file to score");
        var report = request.Report;
        report.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"all files: {_int8}; mean of the files' accuracies {100 * _accuracies.Average():0.00} %"));
        report.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"float twin: {_float}; int8 minus float {100 * (_int8.Accuracy - _float.Accuracy):+0.00;-0.00;0.00} points"));
        report.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"mean confidence {100 * _confidence / _int8.Total:0.00} % (temperature {model.Manifest.Temperature:0.00})"));
        if (model.Manifest.PredictionSet is { } set)
        {
            report.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"prediction sets: promised {100 * set.Coverage:0} %, true class within {100.0 * _covered / _int8.Total:0.00} %, {(double)_setSizes / _int8.Total:0.00} classes on average"));
        }

        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"recipe {recipe.Name}: {model.Parameters} parameters, int8 {model.Int8.Length} bytes, float {model.Float.Length} bytes, {_fastestUs:0.0} µs per window with its features, one thread"));
        foreach (var line in model.Facts.Lines) report.WriteLine(line);
    }

    /// <summary>Best mean over turns, so that a busy machine does not count.</summary>
    private static double Time(Classifier classifier, float[] window)
    {
        const int turns = 10;
        const int runs = 50;
        var best = double.PositiveInfinity;
        for (var turn = 0; turn < turns; turn++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < runs; i++) classifier.Classify(window);
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMicroseconds / runs);
        }

        return best;
    }
}

using System.Globalization;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Counts of true class against predicted class.</summary>
internal sealed class ClassScore(int classes)
{
    private readonly int[,] _counts = new int[classes, classes];

    public int Total { get; private set; }

    /// <summary>Share that is right; NaN without rows.</summary>
    public double Accuracy => (double)Enumerable.Range(0, classes).Sum(c => _counts[c, c]) / Total;

    /// <summary>Mean over the classes that occur (as truth or as answer) of 2·TP / (2·TP + FP + FN).</summary>
    public double MacroF1
    {
        get
        {
            double sum = 0;
            var present = 0;
            for (var c = 0; c < classes; c++)
            {
                if (F1(c) is not { } f1) continue;
                present++;
                sum += f1;
            }

            return sum / present;
        }
    }

    /// <summary>Windows of a class.</summary>
    public int Of(int label) => Enumerable.Range(0, classes).Sum(other => _counts[label, other]);

    /// <summary>Share of a class's windows that is named right; NaN without any.</summary>
    public double Recall(int label) => (double)_counts[label, label] / Of(label);

    /// <summary>2·TP / (2·TP + FP + FN) of a class; null where it is neither truth nor answer.</summary>
    public double? F1(int label)
    {
        var counted = Of(label) + Enumerable.Range(0, classes).Sum(other => _counts[other, label]);
        return counted == 0 ? null : 2.0 * _counts[label, label] / counted;
    }

    /// <param name="label">Class index, from 0.</param>
    public void Add(int label, int prediction)
    {
        _counts[label, prediction]++;
        Total++;
    }

    public void Add(ClassScore other)
    {
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++) _counts[i, j] += other._counts[i, j];
        }

        Total += other.Total;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * Accuracy:0.00} %, macro F1 {MacroF1:0.0000}, {Total} rows");
}

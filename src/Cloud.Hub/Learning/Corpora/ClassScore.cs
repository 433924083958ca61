using System.Globalization;

namespace Cloud.Hub.Learning.Corpora;

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
                var (row, column) = (0, 0);
                for (var other = 0; other < classes; other++)
                {
                    row += _counts[c, other];
                    column += _counts[other, c];
                }

                if (row + column == 0) continue;
                present++;
                sum += 2.0 * _counts[c, c] / (row + column);
            }

            return sum / present;
        }
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

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * Accuracy:0.00} %, macro F1 {MacroF1:0.0000}, {Total} rows");
}

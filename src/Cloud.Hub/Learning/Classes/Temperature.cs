namespace Cloud.Hub.Learning.Classes;

/// <summary>The divisor of the logits under which held-out truth is most probable (Guo et al.
/// 2017, "On Calibration of Modern Neural Networks").</summary>
internal static class Temperature
{
    private const double Least = 0.25;
    private const double Most = 8;
    private const int Cuts = 40;

    /// <summary>Golden-section search on the logarithm; the loss has one minimum.</summary>
    /// <param name="logits">One row a sample.</param>
    public static double Fit(IReadOnlyList<float[]> logits, IReadOnlyList<int> classes)
    {
        if (logits.Count == 0) return 1;
        var (low, high) = (Math.Log(Least), Math.Log(Most));
        var share = (Math.Sqrt(5) - 1) / 2;
        for (var cut = 0; cut < Cuts; cut++)
        {
            var (a, b) = (high - (share * (high - low)), low + (share * (high - low)));
            if (Loss(Math.Exp(a)) < Loss(Math.Exp(b))) high = b;
            else low = a;
        }

        return Math.Exp((low + high) / 2);

        double Loss(double temperature)
        {
            var sum = 0.0;
            for (var i = 0; i < logits.Count; i++)
            {
                var largest = logits[i].Max();
                sum += Math.Log(logits[i].Sum(x => Math.Exp((x - largest) / temperature))) - ((logits[i][classes[i]] - largest) / temperature);
            }

            return sum;
        }
    }
}

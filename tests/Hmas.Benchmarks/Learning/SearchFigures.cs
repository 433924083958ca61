using System.Globalization;
using Cloud.Hub.Learning.Search;

namespace Hmas.Benchmarks.Learning;

/// <summary>How far from the minimum does a search end after 100 trials, and what does a trial cost besides the trial itself?</summary>
internal static class SearchFigures
{
    private const int Trials = 100;

    private static readonly double[,] HartmannA = { { 10, 3, 17, 3.5, 1.7, 8 }, { 0.05, 10, 17, 0.1, 8, 14 }, { 3, 3.5, 1.7, 10, 17, 8 },
        { 17, 8, 0.05, 10, 0.1, 14 } };
    private static readonly double[,] HartmannP =
    {
        { 0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886 }, { 0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991 },
        { 0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650 }, { 0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381 },
    };
    private static readonly double[] HartmannAlpha = [1, 1.2, 3, 3.2];

    public static int Run()
    {
        Console.WriteLine(
            $"median regret after {Trials} trials; wanted over 10 seeds (Optuna 3.1's TPE): Branin 0.016, Hartmann-6 0.28, Rosenbrock-5 6.0; own cost wanted ≤ 0.5 ms a trial");
        Console.WriteLine("| function | strategy | seeds 1 to 10 | seeds 1 to 100 | own ms a trial |\n|---|---|---|---|---|");
        Table("Branin", [new("x", -5, 10), new("y", 0, 15)], Branin, 0.397887);
        Table("Hartmann-6", [.. Enumerable.Range(0, 6).Select(i => new SearchDimension($"x{i}", 0, 1))], Hartmann, -3.32237);
        Table("Rosenbrock-5", [.. Enumerable.Range(0, 5).Select(i => new SearchDimension($"x{i}", -2, 2))], Rosenbrock, 0);
        return 0;
    }

    private static void Table(string name, SearchDimension[] space, Func<double[], double> function, double minimum)
    {
        foreach (ISearchStrategy strategy in new ISearchStrategy[] { new TreeParzen(), new RandomSearch() })
        {
            var regrets = new double[100];
            var begin = Environment.CpuUsage.TotalTime;
            for (var seed = 0; seed < regrets.Length; seed++) regrets[seed] = Regret(space, strategy, (ulong)seed + 1, function) - minimum;
            var cost = (Environment.CpuUsage.TotalTime - begin).TotalMilliseconds / (regrets.Length * Trials);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {strategy.GetType().Name} | {Median(regrets[..10]):0.000} | {Median(regrets):0.000} | {cost:0.000} |"));
        }
    }

    private static double Regret(SearchDimension[] space, ISearchStrategy strategy, ulong seed, Func<double[], double> function)
    {
        var study = new SearchStudy(space, strategy, seed);
        for (var i = 0; i < Trials; i++)
        {
            var trial = study.Ask();
            study.Tell(trial.Id, function([.. space.Select((dimension, d) => dimension.ValueAt(trial.Unit[d]))]));
        }

        return study.Best!.Value!.Value;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Branin(double[] x) =>
        Math.Pow(x[1] - (5.1 / (4 * Math.PI * Math.PI) * x[0] * x[0]) + (5 / Math.PI * x[0]) - 6, 2)
        + (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x[0])) + 10;

    private static double Hartmann(double[] x)
    {
        var sum = 0.0;
        for (var i = 0; i < 4; i++)
        {
            var inner = 0.0;
            for (var j = 0; j < 6; j++) inner += HartmannA[i, j] * Math.Pow(x[j] - HartmannP[i, j], 2);
            sum -= HartmannAlpha[i] * Math.Exp(-inner);
        }

        return sum;
    }

    private static double Rosenbrock(double[] x)
    {
        var sum = 0.0;
        for (var i = 0; i + 1 < x.Length; i++) sum += (100 * Math.Pow(x[i + 1] - (x[i] * x[i]), 2)) + Math.Pow(1 - x[i], 2);
        return sum;
    }
}

using System.Globalization;
using Cloud.Hub.Learning.MetaLearning;

namespace Hmas.Benchmarks.Learning;

/// <summary>The sinusoid protocol of Finn et al. 2017: how small is the error after 1, 5 and 10 steps from 10
/// examples, and how many meta steps does a CPU second do?</summary>
internal static class MetaFigures
{
    private const int Iterations = 70_000;
    private const int Tasks = 1_000;
    private const int Judged = 100;

    /// <param name="filter">Part of a method's name; empty for all.</param>
    public static int Run(string filter)
    {
        Console.WriteLine(
            $"{Iterations} meta steps of 25 tasks, 1-40-40-1 ReLU, K = 10; mean squared error over {Tasks} new tasks; wanted 0.37 / 0.16 / 0.12 and 2,000 steps a CPU second");
        Console.WriteLine("| method | seed | before | 1 step | 5 steps | 10 steps | meta steps / CPU s |\n|---|---|---|---|---|---|---|");
        foreach (var (method, seed) in Enum.GetValues<MetaMethod>().SelectMany(method => Seeds(method).Select(seed => (method, seed))))
        {
            if (!$"{method}".Contains(filter, StringComparison.OrdinalIgnoreCase)) continue;
            var settings = new MetaSettings { Seed = seed, Method = method, InnerSteps = method is MetaMethod.Reptile or MetaMethod.Anil ? 5 : 1 };
            using var trainer = new MetaTrainer(settings, new SinusoidTasks());
            for (var i = 0; i < 200; i++) trainer.Step();
            var begin = Environment.CpuUsage.TotalTime;
            for (var i = 200; i < Iterations; i++) trainer.Step();
            var rate = (Iterations - 200) / (Environment.CpuUsage.TotalTime - begin).TotalSeconds;
            var errors = trainer.Evaluate(Tasks, 10, Judged, 99);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {method} | {seed} | {errors[0]:0.00} | {errors[1]:0.000} | {errors[5]:0.000} | {errors[10]:0.000} | {rate:0} |"));
        }

        return 0;
    }

    private static ulong[] Seeds(MetaMethod method) => method == MetaMethod.Maml ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1];
}

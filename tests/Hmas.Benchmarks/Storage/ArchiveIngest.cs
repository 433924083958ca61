using System.Diagnostics;
using Cloud.Hub.Host;
using Cloud.Hub.Memory;
using Cloud.Hub.Memory.Archive;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hmas.Benchmarks.Storage;

/// <summary>How many experiences per second reach the disk? 100 devices, each sends 10 experiences of 2 kB and waits
/// for the acknowledgement, as a device's window of batches does.</summary>
/// <remarks>A program rather than a BenchmarkDotNet class: what counts is the steady state of many
/// callers over seconds, with fsync and checkpoints in it.</remarks>
internal static class ArchiveIngest
{
    private const int Devices = 100;
    private const int FactsPerBatch = 10;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);

    /// <param name="folder">On the disk to measure; the archive is made there and removed.</param>
    public static async Task<int> RunAsync(string folder)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, $"hmas-ingest-{Environment.ProcessId}")).FullName;
        try
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton(new HubPaths(home));
            services.AddMemory(new ConfigurationBuilder().Build());
            await using var provider = services.BuildServiceProvider();
            await MeasureAsync(provider.GetRequiredService<ExperienceArchive>());
            return 0;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task MeasureAsync(ExperienceArchive archive)
    {
        var payload = ExperienceCodec.Encode(new ExperienceRecord
        {
            RunId = "run-1", StartUs = 1, EndUs = 2, Window = new float[480], Channels = 8, Centre = new float[8], Scale = new float[8],
            ModelDigest = "sha256:0123", Score = 0.5f, Threshold = 1, Reasons = ExperienceReasons.Routine, Value = 0.5f,
        });
        long acknowledged = 0;
        using var stop = new CancellationTokenSource();
        var devices = Enumerable.Range(0, Devices).Select(device => Task.Run(async () =>
        {
            for (var sequence = 0L; !stop.IsCancellationRequested; sequence += FactsPerBatch)
            {
                var facts = new Fact[FactsPerBatch];
                for (var i = 0; i < FactsPerBatch; i++) facts[i] = new Fact(sequence + i + 1, FactKind.Experience, sequence, payload);
                await archive.AppendAsync([new FactBatch("site-1", $"pump-{device}", 1, facts)], CancellationToken.None);
                Interlocked.Add(ref acknowledged, FactsPerBatch);
            }
        })).ToArray();

        await Task.Delay(Warmup, TimeProvider.System);
        var (from, commits, allocated, cpu, watch) = (
            Interlocked.Read(ref acknowledged), archive.Health.Commits, GC.GetTotalAllocatedBytes(), Cpu(), Stopwatch.StartNew());
        await Task.Delay(Measured, TimeProvider.System);
        var seconds = watch.Elapsed.TotalSeconds;
        var count = Interlocked.Read(ref acknowledged) - from;
        commits = archive.Health.Commits - commits;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        cpu = Cpu() - cpu;
        await stop.CancelAsync();
        await Task.WhenAll(devices);
        Console.WriteLine(FormattableString.Invariant(
            $"durable experiences/s {count / seconds:F0} | bytes each {payload.Length} | devices {Devices} | batch {FactsPerBatch} | fsyncs/s {commits / seconds:F0} | managed bytes each {(double)allocated / count:F0} | cores busy {cpu.TotalSeconds / seconds:F2} | resident MB {Environment.WorkingSet >> 20}"));
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}

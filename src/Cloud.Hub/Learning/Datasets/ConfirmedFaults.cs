using System.Collections.Concurrent;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Finds the faults that labels confirm and the archive has windows of, without reading all of it.</summary>
/// <remarks>What was found once is not looked for again while the process runs: retention takes windows of faults last.</remarks>
internal sealed class ConfirmedFaults(IExperienceArchive archive, IFeedback feedback, IFleet fleet)
{
    private readonly ConcurrentDictionary<(string Device, string Run), long> _begins = new();
    private readonly ConcurrentDictionary<ConfirmedFault, bool> _found = new();

    /// <summary>Each block of a run once for each kind of fault that begins in it.</summary>
    public async Task<IReadOnlyList<ConfirmedFault>> FindAsync(CancellationToken cancellation)
    {
        var rates = (await fleet.DevicesAsync(cancellation)).Where(static device => device.Reported is { RateHz: > 0 })
            .ToDictionary(static device => device.DeviceId, static device => device.Reported!.RateHz);
        var found = new HashSet<ConfirmedFault>();
        foreach (var label in await feedback.LabelsAsync(null, null, cancellation))
        {
            if (label is not { IsAnomaly: true, RunId: { } run } || !rates.TryGetValue(label.DeviceId, out var rate)) continue;
            if (await BeginAsync(label.DeviceId, run, cancellation) is not { } beginUs) continue;
            var (first, place) = (PlaceOf(beginUs, rate), PlaceOf(Math.Max(beginUs, label.FromUs), rate));
            var fault = new ConfirmedFault(label.DeviceId, run, RunBlocks.NameOf(run, first, place), label.Label);
            if (_found.ContainsKey(fault) || await IsKeptAsync(label, run, cancellation)) found.Add(fault);
        }

        foreach (var fault in found) _found.TryAdd(fault, true);
        return [.. found];
    }

    /// <summary>Event time of the run's first calibration row; null: it has none, and nothing can be learnt from it.</summary>
    private async Task<long?> BeginAsync(string device, string run, CancellationToken cancellation)
    {
        if (_begins.TryGetValue((device, run), out var known)) return known;
        var query = new ExperienceQuery { DeviceId = device, RunId = run, Reasons = ExperienceReasons.Calibration, Limit = 1 };
        await foreach (var first in archive.ReadAsync(query, cancellation)) return _begins[(device, run)] = first.Record.StartUs;
        return null;
    }

    private async Task<bool> IsKeptAsync(OutcomeLabel label, string run, CancellationToken cancellation)
    {
        var query = new ExperienceQuery { DeviceId = label.DeviceId, RunId = run, FromUs = label.FromUs, ToUs = label.ToUs, Limit = 1 };
        await foreach (var _ in archive.ReadAsync(query, cancellation)) return true;
        return false;
    }

    private static long PlaceOf(long timeUs, double rateHz) => (long)Math.Round(timeUs * rateHz / 1e6);
}

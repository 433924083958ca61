using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Integration.Audit;

/// <summary>Walks the chain samples → data → training run → model → signature → rollout → device, from either end or
/// from the model in its middle, by what each service's door says.</summary>
internal sealed class AuditTrail(
    IArtefactRegistry artefacts, IModelRegistry models, IRollouts rollouts, ITrainingRuns runs, IExperienceArchive archive, IFeedback feedback,
    IFleet fleet)
{
    private readonly AuditOrigin _origin = new(artefacts, models, runs, archive);
    private readonly AuditReach _reach = new(rollouts, fleet);

    /// <summary>Both ways; null when neither the registry nor a device knows the digest.</summary>
    public async Task<AuditChain?> ModelAsync(string digest, CancellationToken cancellation)
    {
        var reach = await _reach.WalkAsync(digest, cancellation);
        if (await artefacts.FindAsync(digest, cancellation) is null && !reach.Any(static step => step.Link == "device")) return null;
        return new AuditChain("model", digest, [.. await _origin.WalkAsync(digest, cancellation), .. reach]);
    }

    /// <summary>Back to the samples; null when there is no such device.</summary>
    public async Task<AuditChain?> DeviceAsync(string deviceId, CancellationToken cancellation)
    {
        if (await fleet.DeviceAsync(deviceId, cancellation) is not { } device) return null;
        var steps = await _reach.WalkBackAsync(device, cancellation);
        return new AuditChain(
            "device", deviceId, device.Reported?.ActiveDigest is { } active ? [.. steps, .. await _origin.WalkAsync(active, cancellation)] : steps);
    }

    /// <summary>Forward to the devices; null when neither the archive nor a training run knows the sample.</summary>
    public async Task<AuditChain?> SampleAsync(long id, CancellationToken cancellation)
    {
        var uses = await runs.UsesAsync(id, cancellation);
        var sample = await FindAsync(id, cancellation);
        if (sample is null && uses.Count == 0) return null;
        var name = $"{id}";
        var steps = new List<AuditStep>
        {
            sample is null
                ? new("sample", name, null, AuditFinding.Broken, "a training run has read it, and the archive has it no more")
                : new("sample", name, sample.DeviceId, AuditFinding.Holds,
                    $"run {sample.Record.RunId}, {DateTimeOffset.UnixEpoch.AddMicroseconds(sample.Record.StartUs):u}, kept as {sample.Record.Reasons}, answered by {(sample.Record.ModelDigest.Length > 0 ? sample.Record.ModelDigest : "no model")}"),
        };
        if (sample is not null) steps.AddRange(await LabelsAsync(sample, cancellation));
        if (uses.Count == 0) steps.Add(new("data", name, null, AuditFinding.Open, "no training run has read it"));
        foreach (var use in uses)
        {
            var run = await runs.RunAsync(use.TrainingRunId, cancellation);
            steps.Add(run?.DataDigests.GetValueOrDefault(use.Part) == use.Digest
                ? new("data", name, use.Digest, AuditFinding.Holds, $"{use.Part} of {use.TrainingRunId}")
                : new("data", name, use.Digest, AuditFinding.Broken,
                    $"{use.TrainingRunId} says that its part {use.Part} was {run?.DataDigests.GetValueOrDefault(use.Part) ?? "nothing"}"));
            if (run is null) continue;
            if (run.CandidateDigest is not { } model)
            {
                steps.Add(new("training", use.Digest, run.RunId, AuditFinding.Open, $"it is {run.State} and gave no model"));
                continue;
            }

            steps.Add(
                new("training", use.Digest, model, AuditFinding.Holds,
                    $"{run.RunId}, recipe {run.Request.Recipe}: {(use.Part == "fitted" ? "learnt from it" : "was judged on it")}"));
            steps.AddRange(await _reach.WalkAsync(model, cancellation));
        }

        return new AuditChain("sample", name, steps);
    }

    private async Task<ArchivedExperience?> FindAsync(long id, CancellationToken cancellation)
    {
        await foreach (var sample in archive.ReadAsync(new ExperienceQuery { AfterId = id - 1, Limit = 1 }, cancellation))
            return sample.Id == id ? sample : null;
        return null;
    }

    private async Task<IEnumerable<AuditStep>> LabelsAsync(ArchivedExperience sample, CancellationToken cancellation) =>
        (await feedback.LabelsAsync(sample.DeviceId, sample.Record.RunId, cancellation)).Where(label => label.FromUs <= sample.Record.EndUs
            && label.ToUs >= sample.Record.StartUs)
            .Select(label => new AuditStep("label", $"{sample.Id}", label.Label, AuditFinding.Holds, $"by {label.Source}"));
}

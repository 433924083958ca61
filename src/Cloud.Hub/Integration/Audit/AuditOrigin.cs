using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Trust;

namespace Cloud.Hub.Integration.Audit;

/// <summary>From an artefact back to the samples it was learnt from: package, signature, training run, data, archive.</summary>
internal sealed class AuditOrigin(IArtefactRegistry artefacts, IModelRegistry models, ITrainingRuns runs, IExperienceArchive archive)
{
    /// <summary>Samples looked for in the archive, of each part of the data: each is a whole window to read.</summary>
    private const int MaxLookedFor = 5_000;

    public async Task<IReadOnlyList<AuditStep>> WalkAsync(string digest, CancellationToken cancellation)
    {
        if (await artefacts.DetailsAsync(digest, cancellation) is not { } details)
            return [new("package", digest, null, AuditFinding.Broken, "the registry does not know it")];
        var steps = new List<AuditStep> { await PackageAsync(details.Entry, cancellation) };
        steps.Add(details.IsSigned
            ? new("signature", digest, "image repository", AuditFinding.Holds, "the image repository vouches for it")
            : new("signature", digest, null, AuditFinding.Open, "the image repository does not name it: no device takes it"));
        foreach (var approval in details.Approvals)
            steps.Add(
                new("approval", digest, approval.Who, AuditFinding.Holds,
                    $"{approval.At:u}{(approval.Note.Length > 0 ? $": {approval.Note}" : "")}"));
        if (details.Lineage is not { } lineage)
        {
            steps.Add(
                new("training", digest, null, AuditFinding.Open,
                    $"{ArtefactKinds.Word(details.Entry.Kind)} that {details.Entry.AddedBy} added: nothing was learnt"));
            return steps;
        }

        if (lineage.ParentDigest is { } parent) steps.Add(await artefacts.FindAsync(parent, cancellation) is { } known
            ? new("parent", digest, parent, AuditFinding.Holds, $"{known.Name} {known.Release}")
            : new("parent", digest, parent, AuditFinding.Broken, "the manifest names a parent that the registry does not know"));
        if (await runs.RunAsync(lineage.RunId, cancellation) is not { } run)
        {
            steps.Add(
                new("training", digest, lineage.RunId, AuditFinding.Broken,
                    $"the manifest names a training run that this hub does not know; {details.Entry.AddedBy} added it"));
            return steps;
        }

        steps.Add(run.CandidateDigest == digest
            ? new("training", digest, run.RunId, AuditFinding.Holds,
                $"recipe {run.Request.Recipe}, {run.TrainingWindows} windows, asked for by {run.Request.RequestedBy}, code {run.CodeVersion}")
            : new("training", digest, run.RunId, AuditFinding.Broken, $"the run says that it gave {run.CandidateDigest ?? "no model"}"));
        if (lineage.DataDigests.Count == 0) steps.Add(new("data", run.RunId, null, AuditFinding.Broken, "the manifest names no data"));
        var kept = await runs.DatasetsAsync(run.RunId, cancellation);
        foreach (var data in lineage.DataDigests) steps.AddRange(await DataAsync(run, data, kept, cancellation));
        return steps;
    }

    private async Task<AuditStep> PackageAsync(ArtefactEntry entry, CancellationToken cancellation)
    {
        var says =
            $"{ArtefactKinds.Word(entry.Kind)} {entry.Name} {entry.Release}, {entry.Bytes} bytes, added by {entry.AddedBy}{(entry.Quarantined ? ", in quarantine" : "")}";
        if (entry.Kind != ArtefactKind.Model) return new("package", entry.Digest, entry.TargetPath, AuditFinding.Holds, says);
        try
        {
            if (await models.PackageAsync(entry.Digest, cancellation) is not { } bytes)
                return new("package", entry.Digest, null, AuditFinding.Broken, $"{says}: its file is gone");
            ModelPackage.Open(bytes, entry.Digest, new PackageLimits());
            return new("package", entry.Digest, entry.TargetPath, AuditFinding.Holds, $"{says}; manifest and network are those of the digest");
        }
        catch (PackageException e)
        {
            return new("package", entry.Digest, null, AuditFinding.Broken, $"{says}: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<AuditStep>> DataAsync(
        TrainingRunView run, string data, IReadOnlyList<DatasetView> kept, CancellationToken cancellation)
    {
        if (!run.DataDigests.Values.Contains(data))
            return [new("data", run.RunId, data, AuditFinding.Broken, "the manifest names data that its run did not read")];
        if (kept.FirstOrDefault(part => part.Digest == data) is not { } part)
            return [new("data", run.RunId, data, AuditFinding.Broken, "which samples these were was not kept")];
        var devices = part.Sources.Select(static source => source.DeviceId).Distinct().ToList();
        var of = $"{part.Part}: {part.Samples} samples of {string.Join(", ", devices)} in {part.Sources.Count} runs of machines, truth of the first {part.Labels} labels";
        var (looked, found) = (0, 0);
        foreach (var source in part.Sources)
        {
            var wanted = source.ExperienceIds.Take(MaxLookedFor - looked).ToHashSet();
            if (wanted.Count == 0) break;
            looked += wanted.Count;
            found += await CountAsync(source, wanted, cancellation);
        }

        var samples =
            $"{found} of {looked} are in the archive{(looked < part.Samples ? $"; the other {part.Samples - looked} were not looked for" : "")}";
        return
        [
            new("data", run.RunId, data, AuditFinding.Holds, of),
            new("sample", data, $"{part.Sources[0].ExperienceIds[0]} … {part.Sources.Max(static source => source.ExperienceIds[^1])}",
                found == looked ? AuditFinding.Holds : AuditFinding.Broken, samples),
        ];
    }

    private async Task<int> CountAsync(DatasetSource source, HashSet<long> wanted, CancellationToken cancellation)
    {
        var (found, last) = (0, wanted.Max());
        await foreach (var sample in archive.ReadAsync(
            new ExperienceQuery { DeviceId = source.DeviceId, RunId = source.MachineRun, AfterId = wanted.Min() - 1 }, cancellation))
        {
            if (sample.Id > last) break;
            if (wanted.Contains(sample.Id)) found++;
        }

        return found;
    }
}

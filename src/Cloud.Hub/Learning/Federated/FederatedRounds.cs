using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Workers;
using Hmas.Contracts;
using Hmas.Contracts.Federated;

namespace Cloud.Hub.Learning.Federated;

/// <summary>Federated rounds over the fleet: sends the head to devices as a command, judges and joins what they send
/// back. A round that ended is on disk; a restart goes on with the next.</summary>
/// <remarks>FedAdam's memory does not outlive a restart: it begins anew with the round.</remarks>
internal sealed class FederatedRounds(
    FederatedInvitations invitations, IFleet fleet, RunStore store, IRunReporter reporter, LearningMetrics metrics)
{
    private const int MaxRefusedKept = 20;
    private const int MaxReason = 300;
    private const double Before = 0.1;
    private const double Share = 0.6;

    /// <param name="run">In state training, with a federated request.</param>
    /// <param name="classes">Of the parent, in its order.</param>
    /// <param name="head">The parent's: weights (O, I), then bias (O,).</param>
    /// <param name="fit">Fingerprint: rounds go on only in the same.</param>
    /// <returns>The head after the last round.</returns>
    /// <exception cref="TrainingRefusedException">A device that was named is not enrolled, or no round had enough updates.</exception>
    public async Task<float[]> RunAsync(TrainingRunView run, IReadOnlyList<string> classes, float[] head, string fit, CancellationToken cancellation)
    {
        var asked = run.Request.Federated!;
        var (done, rounds) = (0, new List<FederatedRoundView>());
        if (store.Checkpoint(run.RunId, fit) is { } kept)
        {
            (done, head) = (MemoryMarshal.Read<int>(kept), MemoryMarshal.Cast<byte, float>(kept.AsSpan(sizeof(int))).ToArray());
            rounds.AddRange(run.Rounds.Where(round => round.Round <= done));
        }

        var server = new FederatedServer(head, FederatedRules.Settings(asked, head.Length), done + 1);
        for (var round = done + 1; round <= asked.Rounds; round++)
        {
            var view = await RoundAsync(run, classes, server, cancellation);
            rounds.Add(view);
            byte[] body = [.. BitConverter.GetBytes(round), .. MemoryMarshal.AsBytes(server.Head)];
            await store.WriteAsync(
                connection =>
                {
                    RunStore.KeepCheckpoint(connection, run.RunId, fit, body);
                    return 0;
                },
                cancellation);
            run = run with { Rounds = [.. rounds], Progress = Before + (Share * round / asked.Rounds), Message = Describe(view, asked.Rounds) };
            await reporter.ReportAsync(run, cancellation);
        }

        if (rounds.All(round => !round.HasMoved))
            throw new TrainingRefusedException($"no federated round changed the head: {Describe(rounds[^1], asked.Rounds)}");
        return server.Head.ToArray();
    }

    private async Task<FederatedRoundView> RoundAsync(
        TrainingRunView run, IReadOnlyList<string> classes, FederatedServer server, CancellationToken cancellation)
    {
        var asked = run.Request.Federated!;
        var parent = run.Request.ParentDigest!;
        var invited = await invitations.OfAsync(asked, parent, classes, run.Request.Seed + server.Round, cancellation);
        var head = MemoryMarshal.AsBytes(server.Head).ToArray();
        var patience = TimeSpan.FromSeconds(asked.RoundSeconds);
        var answers = await Task.WhenAll(
            invited.Select((device, i) => AskAsync(device.DeviceId, TaskOf(device.Labels, i), patience, cancellation)));
        var report = server.Close(
            answers.Select(answer => answer.Update).OfType<ClientUpdate>(),
            invited.Select(device => device.DeviceId).ToHashSet(StringComparer.Ordinal));
        List<RefusedUpdate> refused =
        [
            .. answers.Where(answer => answer.Fault is not null).Select(answer => new RefusedUpdate(answer.DeviceId, answer.Fault!)),
            .. report.Refused.Select(pair => new RefusedUpdate(pair.Client, pair.Reason)),
        ];
        metrics.FederatedUpdates(report.Accepted.Count, refused.Count);
        return new FederatedRoundView(
            report.Round, invited.Count, report.Accepted.Count, report.Clipped, [.. refused.Take(MaxRefusedKept)], report.HasMoved,
            report.Windows);

        HeadTask TaskOf(IReadOnlyList<HeadLabel> labels, int i) => new()
        {
            Digest = parent,
            Round = server.Round,
            Head = head,
            Labels = labels,
            Proximal = (float)asked.Proximal,
            MaxNorm = (float)asked.MaxNorm,
            Noise = (float)asked.Noise,
            MaxWindows = FederatedRules.WindowsOf(asked),
            BudgetMs = asked.BudgetMs,
            Seed = unchecked((long)SeededRandom.SeedOf((ulong)run.Request.Seed, (ulong)server.Round, (ulong)i, 0)),
        };
    }

    private async Task<(string DeviceId, ClientUpdate? Update, string? Fault)> AskAsync(
        string device, HeadTask task, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            var arguments = new Dictionary<string, string> { [HeadTask.Argument] = JsonSerializer.Serialize(task, ContractsJson.Default.HeadTask) };
            var reply = await fleet.SendAsync(device, HeadTask.Kind, patience, arguments, cancellation);
            if (!reply.Succeeded) return (device, null, Short($"{reply.Error}: {reply.Detail}"));
            var (update, fault) = HeadUpdateReader.Read(device, reply.Detail, task);
            return (device, update, fault);
        }
        catch (Exception failure) when (failure is UnknownDeviceException or InvalidOperationException)
        {
            return (device, null, Short(failure.Message));
        }
    }

    private static string Describe(FederatedRoundView round, int of) => string.Create(
        CultureInfo.InvariantCulture,
        $"round {round.Round} of {of}: {round.Accepted} of {round.Asked} updates accepted, from {round.Windows} windows, {round.Clipped} of them shortened{(round.HasMoved ? "" : ", too few to change the head")}{string.Concat(round.Refused.Take(3).Select(refused => $"; {refused.DeviceId}: {refused.Reason}"))}");

    private static string Short(string reason) => reason.Length <= MaxReason ? reason : reason[..MaxReason];
}

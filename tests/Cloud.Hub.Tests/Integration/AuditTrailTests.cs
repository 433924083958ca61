using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Integration.Audit;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Testing;
using LearningFleet = Cloud.Hub.Tests.Learning.Service.SimulatedFleet;

namespace Cloud.Hub.Tests.Integration;

/// <summary>A whole small loop in one hub, samples to device, and the chain walked from each of its ends.</summary>
public sealed class AuditTrailTests
{
    private const string Site = "site-a";
    private const string Device = "pump-1";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    [Fact]
    public async Task A_model_is_walked_back_to_its_samples_and_forward_to_its_devices_and_a_break_is_said()
    {
        await using var hub = await HubFixture.StartAsync(
            settings: new Dictionary<string, string?> { ["Redistribution:LookInterval"] = "00:00:00.050",
                ["Reasoning:RunsForFirstModel"] = "1000000" });
        using var told = hub.Get<EventBus>().Subscribe("test", static happened => happened is TrainingProgressed or RolloutTransitioned);
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var rest = hub.Http(HubServices.Front);
        await LiveAsync(hub);

        var runs = hub.Get<ITrainingRuns>();
        var runId = await runs.StartAsync(
            new TrainingRequest { ModelName = "pump", Recipe = "reconstruction", RequestedBy = "test" }, patience.Token);
        await UntilAsync(told, happened => happened is TrainingProgressed { State: "registered" or "rejected" or "failed" }, patience.Token);
        var run = (await runs.RunAsync(runId, patience.Token))!;
        var model = run.CandidateDigest ?? throw new InvalidOperationException(run.Message);
        var sample = (await runs.DatasetsAsync(runId, patience.Token)).Single(static part => part.Part == "fitted").Sources[0].ExperienceIds[0];
        // Learnt, and nobody has it yet.
        var before = await AskAsync(rest, $"models/{model}");
        Assert.True(before.IsWhole, Said(before));
        Assert.Contains(before.Steps, static step => step is { Link: "rollout", Finding: AuditFinding.Open });

        var rollout = (await hub.Get<IRollouts>().StartAsync(
            new RolloutRequest { Digest = model, RequestedBy = "test", Reason = "because", Groups = [new GroupPlan("all")],
                Gate = new GatePolicy { MinimumWindows = 50 } }, patience.Token)).RolloutId;
        await UntilAsync(told, happened => happened is RolloutTransitioned { To: "deploying" } moved && moved.RolloutId == rollout, patience.Token);
        await TakeAsync(hub, model, rollout);
        await UntilAsync(told, happened => happened is RolloutTransitioned { To: "completed" } moved && moved.RolloutId == rollout, patience.Token);

        var chain = await AskAsync(rest, $"models/{model}");
        Assert.True(chain.IsWhole, Said(chain));
        Assert.Equal(
            ["data", "device", "package", "rollout", "sample", "signature", "training"],
            chain.Steps.Select(static step => step.Link).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(chain.Steps, step => step.Link == "training" && step.To == runId);
        Assert.Equal(
            run.DataDigests.Where(static pair => pair.Key != "held-out").Select(static pair => pair.Value).Order(),
            chain.Steps.Where(static step => step.Link == "data").Select(static step => step.To).Order());
        Assert.Contains(chain.Steps, step => step is { Link: "device", To: Device } && step.From == rollout);

        var back = await AskAsync(rest, $"devices/{Device}");
        Assert.True(back.IsWhole, Said(back));
        Assert.Equal(("answer", model), (back.Steps[0].Link, back.Steps[0].To));
        Assert.Contains(back.Steps, static step => step.Link == "sample");

        var forward = await AskAsync(rest, $"samples/{sample}");
        Assert.True(forward.IsWhole, Said(forward));
        Assert.Equal(("sample", Device), (forward.Steps[0].Link, forward.Steps[0].To));
        Assert.Contains(forward.Steps, static step => step is { Link: "label", To: "normal" });
        Assert.Contains(forward.Steps, step => step.Link == "training" && step.To == model);
        Assert.Contains(forward.Steps, static step => step is { Link: "device", To: Device });

        // The device answers with something that no rollout brought.
        var foreign = $"sha256:{new string('f', 64)}";
        await ReportAsync(hub, foreign, 9);
        var broken = await AskAsync(rest, $"models/{model}");
        Assert.Contains(
            broken.Steps,
            step => step is { Link: "device", To: Device, Finding: AuditFinding.Broken } && step.Says.Contains(foreign, StringComparison.Ordinal));
        var lost = await AskAsync(rest, $"devices/{Device}");
        Assert.Contains(lost.Steps, static step => step is { Link: "device", Finding: AuditFinding.Broken });
        Assert.Contains(lost.Steps, step => step is { Link: "package", Finding: AuditFinding.Broken } && step.From == foreign);

        // A model that somebody brought along names a run that this hub does not know.
        var onnx = Models.Onnx("by hand");
        var added = await hub.Get<IModelRegistry>().AddAsync(Models.Manifest("by-hand", 1, onnx), onnx, "somebody", patience.Token);
        var unknown = await AskAsync(rest, $"models/{added.Digest}");
        Assert.Contains(
            unknown.Steps,
            static step => step is { Link: "training", Finding: AuditFinding.Broken }
                && step.Says.Contains("somebody added it", StringComparison.Ordinal));

        foreach (var nothing in new[] { $"models/sha256:{new string('0', 64)}", "devices/nobody", "samples/999999999" })
        {
            using var answer = await rest.GetAsync($"/api/v1/audit/{nothing}", patience.Token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    /// <summary>A device is enrolled, reports, and sends what it lived through; people label it.</summary>
    private static async Task LiveAsync(HubFixture hub)
    {
        var lived = new LearningFleet(runs: 8);
        await hub.Get<IFleet>().EnrolAsync(Site, Device, CancellationToken.None);
        await ReportAsync(hub, null, 1, (await lived.DevicesAsync(CancellationToken.None))[0].Reported!);
        var facts = new List<Fact>();
        await foreach (var experience in lived.ReadAsync(new ExperienceQuery(), CancellationToken.None))
            facts.Add(new Fact(facts.Count + 1, FactKind.Experience, experience.Record.EndUs, ExperienceCodec.Encode(experience.Record)));
        await hub.Get<IDeviceReports>().AppendAsync(new FactBatch(Site, Device, 1, facts), CancellationToken.None);
        await hub.Get<IFeedback>().AddLabelsAsync(await lived.LabelsAsync(null, null, CancellationToken.None), CancellationToken.None);
    }

    /// <summary>The one device takes the model and shows it at work.</summary>
    private static async Task TakeAsync(HubFixture hub, string model, string rolloutId)
    {
        var reports = hub.Get<IDeviceReports>();
        var committed = new SlotReport { State = SlotState.Committed, Digest = model, AnsweringDigest = model, BootId = "b", RolloutId = rolloutId };
        var evidence = new ModelEvidence { Digest = model, BootId = "b", RunId = "run", FromUs = 0, ToUs = 1, Windows = 100, AlarmWindows = 0,
            InferenceP99Us = 100 };
        await ReportAsync(hub, model, 2);
        await reports.AppendAsync(
            new FactBatch(Site, Device, 2,
            [
                new Fact(1, FactKind.SlotReport, 1, JsonSerializer.SerializeToUtf8Bytes(committed, ContractsJson.Default.SlotReport)),
                new Fact(2, FactKind.Evidence, 2, JsonSerializer.SerializeToUtf8Bytes(evidence, ContractsJson.Default.ModelEvidence)),
            ]),
            CancellationToken.None);
    }

    private static async Task ReportAsync(HubFixture hub, string? digest, long version, ReportedState? like = null)
    {
        like ??= (await hub.Get<IFleet>().DeviceAsync(Device, CancellationToken.None))!.Reported!;
        await hub.Get<IDeviceReports>()
            .HeardAsync(
                Device, like
                    with { ActiveDigest = digest, SlotState = digest is null
                        ? SlotState.Empty : SlotState.Committed, DesiredVersion = version, TimestampUs = version }, CancellationToken.None);
    }

    private static async Task UntilAsync(EventBus.Subscription told, Func<HubEvent, bool> isIt, CancellationToken cancellation)
    {
        await foreach (var happened in told.Events.ReadAllAsync(cancellation))
        {
            if (isIt(happened)) return;
        }
    }

    private static async Task<AuditChain> AskAsync(HttpClient rest, string path) =>
        (await rest.GetFromJsonAsync<AuditChain>($"/api/v1/audit/{path}", Json))!;

    private static string Said(AuditChain chain) => string.Join('\n', chain.Steps.Select(static step => step.ToString()));
}

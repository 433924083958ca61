using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Host.Wiring;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Specialized.Contract;
using Cloud.Hub.Specialized.Pump;
using Cloud.Hub.Tests.Memory;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using NSubstitute;

namespace Cloud.Hub.Tests.Host.Wiring;

/// <summary>Each door answers a hub that runs without its service just as it answers its own: same values, same exceptions.</summary>
public sealed class DoorTests(HubsApart hubs) : IClassFixture<HubsApart>
{
    [Fact]
    public async Task Memory_takes_batches_and_gives_back_what_it_stored()
    {
        var archive = hubs.Front.Get<IExperienceArchive>();
        var before = await archive.StatisticsAsync(default);
        var result = await archive.AppendAsync([Some.Run("door-1", 1, 3), Some.Run("door-1", 2, 3)], default);
        Assert.Equal([new FactAck(7, 3), new FactAck(7, 4)], result.Acknowledgements);
        Assert.Equal((2, 3, 1), (result.Repeats, result.Stored[0].Facts.Count, result.Stored[1].Facts.Count));
        Assert.Equal(before.Experiences + 4, (await archive.StatisticsAsync(default)).Experiences);
        var read = new List<ArchivedExperience>();
        await foreach (var experience in archive.ReadAsync(new ExperienceQuery { DeviceId = "door-1" }, default)) read.Add(experience);
        Assert.Equal([1, 2, 3, 4], read.Select(static experience => experience.Sequence));
        Assert.Equal(Some.Experience(2_000_000).Window, read[1].Record.Window);
        Assert.Equal(2, (await archive.SampleAsync(new ReplayRequest(2, Prioritized: false, Seed: 1), default)).Count);

        var alarm = new Fact(1, FactKind.Alarm, 5, "{}"u8.ToArray());
        await archive.AppendAsync([Some.Batch("door-2", alarm)], default);
        var facts = new List<ArchivedFact>();
        await foreach (var fact in hubs.Front.Get<IFactArchive>().ReadFactsAsync(new FactQuery { Kind = FactKind.Alarm }, default)) facts.Add(fact);
        Assert.Equal(facts[^1].Id, await hubs.Front.Get<IFactArchive>().LastFactIdAsync(default));
        Assert.Equal(("door-2", "{}"), (facts[^1].DeviceId, System.Text.Encoding.UTF8.GetString(facts[^1].Fact.Payload.Span)));
    }

    [Fact]
    public async Task Communication_hears_what_another_service_says_for_a_device()
    {
        var (fleet, reports) = (hubs.Front.Get<IFleet>(), hubs.Front.Get<IDeviceReports>());
        await fleet.EnrolAsync("site-1", "door-6", default);
        var reported = new ReportedState
        {
            DesiredVersion = 3, BootId = "start-1", AgentVersion = "ddi", Session = 1, SlotState = Hmas.Contracts.Models.SlotState.Committed,
            ActiveDigest = Some.Digest, Channels = [],
            Counters = new DeviceCounters(), TimestampUs = 5,
        };
        await reports.HeardAsync("door-6", reported, default);
        await reports.HeardAsync("door-6", new Presence(Online: true, 1, "boot", 5), default);
        var device = await fleet.DeviceAsync("door-6", default);
        Assert.Equal((3, Some.Digest, true), (device!.Reported!.DesiredVersion, device.Reported.ActiveDigest, device.Online));

        var batch = new FactBatch("site-1", "door-6", 7, [new Fact(1, FactKind.SlotReport, 5, "{}"u8.ToArray())]);
        Assert.Equal(new FactAck(7, 1), await reports.AppendAsync(batch, default));
        Assert.Equal(new FactAck(7, 1), await reports.AppendAsync(batch, default));
        await Assert.ThrowsAsync<UnknownDeviceException>(() => reports.AppendAsync(batch with { SiteId = "elsewhere" }, default));
        await Assert.ThrowsAsync<UnknownDeviceException>(() => reports.HeardAsync("nobody", reported, default));
    }

    [Fact]
    public async Task Communication_enrols_devices_and_writes_their_twins()
    {
        var (fleet, identities) = (hubs.Front.Get<IFleet>(), hubs.Front.Get<IDeviceIdentities>());
        var enrolment = await fleet.EnrolAsync("site-1", "door-3", default);
        Assert.True(await identities.AreValidAsync("door-3", enrolment.Password, default));
        Assert.False(await identities.AreValidAsync("door-3", "guess", default));
        var model = new ModelAssignment { Digest = Some.Digest, Name = "pump", Release = 2, PackageBytes = 10, Url = "/artefacts/x" };
        Assert.Equal((1, model), await fleet.SetModelAsync("door-3", model, default) is var first ? (first.Version, first.Model) : default);
        Assert.Equal(
            (2, 4), await fleet.SetSamplingBoostAsync("door-3", 4, default) is var second ? (second.Version, second.SamplingBoost) : default);
        var device = await fleet.DeviceAsync("door-3", default);
        Assert.Equal(("site-1", 2, false), (device!.SiteId, device.Desired!.Version, device.Online));
        Assert.Contains(await fleet.DevicesAsync(default), static listed => listed.DeviceId == "door-3");
        Assert.Null(await fleet.DeviceAsync("nobody", default));
        Assert.Equal("expired", (await fleet.SendAsync("door-3", "ping", TimeSpan.FromMilliseconds(50), null, default)).Error);
        await Assert.ThrowsAsync<UnknownDeviceException>(() => fleet.SetModelAsync("nobody", null, default));
        await Assert.ThrowsAsync<ArgumentException>(() => fleet.SetSamplingBoostAsync("door-3", -1, default));
        await Assert.ThrowsAsync<ArgumentException>(() => fleet.EnrolAsync("Site!", "door-3", default));
    }

    [Fact]
    public async Task Feedback_takes_labels_and_refuses_what_is_none()
    {
        var feedback = hubs.Front.Get<IFeedback>();
        var label = new OutcomeLabel { DeviceId = "door-4", RunId = "run-1", FromUs = 1, ToUs = 2, Label = "leak", Source = "test" };
        await feedback.AddLabelsAsync([label], default);
        Assert.Equal([label], await feedback.LabelsAsync("door-4", "run-1", default));
        var failure = label with { FromUs = 9, ToUs = 9, Label = "seized", Kind = LabelKind.Failure };
        await feedback.AddLabelsAsync([failure], default);
        Assert.Equal([label, failure], await feedback.LabelsAsync("door-4", "run-1", default));
        Assert.Empty(await feedback.AlarmsAsync(openOnly: true, 10, default));
        Assert.False(await feedback.AcknowledgeAsync("nothing", "normal", "test", default));
        Assert.Empty(await feedback.QualityAsync(default));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => feedback.AddLabelsAsync([label with { ToUs = 0 }], default));
        Assert.Contains("before it begins", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Learning_takes_runs_on_and_refuses_an_unknown_recipe()
    {
        var training = hubs.Front.Get<ITrainingRuns>();
        var request = new TrainingRequest { ModelName = "pump", Recipe = "reconstruction", ParentDigest = Some.Digest, HeldOutRuns = ["held-*"],
            Seed = 4, RequestedBy = "test" };
        var runId = await training.StartAsync(request, default);
        var run = (await training.RunAsync(runId, default))!;
        Assert.Equal((runId, "pump", 4, "held-*"), (run.RunId, run.Request.ModelName, run.Request.Seed, Assert.Single(run.Request.HeldOutRuns)));
        Assert.Contains(await training.RunsAsync(default), listed => listed.RunId == runId);
        Assert.Null(await training.RunAsync("nothing", default));
        Assert.False(await training.CancelAsync("nothing", default));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => training.StartAsync(request with { Recipe = "magic" }, default));
        Assert.Contains("magic", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await training.FaultsAsync(default));
    }

    [Fact]
    public async Task Questions_are_listed_shown_answered_and_skipped()
    {
        var question = new LabelQuestion
        {
            Id = 4711, DeviceId = "door-5", RunId = "run-1", FromUs = 1, ToUs = 2_000_000, Uncertainty = 0.75, Said = "idle, 51 %",
            Names = ["idle", "pumping"], AskedAt = DateTimeOffset.UnixEpoch.AddYears(50), State = QuestionTable.Waiting,
        };
        await hubs.Providers.Get<RunStore>().WriteAsync(
            connection =>
            {
                QuestionTable.Add(connection, [question, question with { Id = 4712, Uncertainty = 0.5, Said = "", Names = [] }]);
                return true;
            },
            default);
        var queue = hubs.Front.Get<ILabelQuestions>();
        Assert.IsType<LabelQueueGrpcClient>(queue);
        Assert.Equal([4711L, 4712L], (await queue.QuestionsAsync(waitingOnly: true, 100, default)).Select(waiting => waiting.Id));
        Assert.Equivalent(question, await queue.QuestionAsync(4711, default), strict: true);
        Assert.Null(await queue.QuestionAsync(1, default));
        Assert.Equal(LabelAnswer.Taken, await queue.AnswerAsync(4711, "idle", null, "ada", default));
        Assert.Equal(LabelAnswer.AlreadyAnswered, await queue.AnswerAsync(4711, "pumping", null, "bob", default));
        Assert.Equal(LabelAnswer.Unknown, await queue.AnswerAsync(1, "idle", null, "bob", default));
        await Assert.ThrowsAsync<ArgumentException>(() => queue.AnswerAsync(4712, new string('x', 300), null, "ada", default));
        Assert.Equal(LabelAnswer.Taken, await queue.AnswerAsync(4712, null, null, "bob", default));
        Assert.Equal(
            [("idle", LabelKind.State, "asked:ada")],
            (await hubs.Front.Get<IFeedback>().LabelsAsync("door-5", null, default)).Select(label => (label.Label, label.Kind, label.Source)));
        Assert.Empty(await queue.QuestionsAsync(waitingOnly: true, 100, default));
        var answered = (await queue.QuestionsAsync(waitingOnly: false, 100, default)).Single(asked => asked.Id == 4711);
        Assert.Equal(("labelled", "idle", "ada"), (answered.State, answered.Label, answered.By));
    }

    [Fact]
    public async Task Redistribution_keeps_models_and_refuses_rollouts_to_nobody()
    {
        var (registry, rollouts) = (hubs.Front.Get<IModelRegistry>(), hubs.Front.Get<IRollouts>());
        var onnx = Models.Onnx("a model behind a door");
        var entry = await registry.AddAsync(Models.Manifest("door", await registry.NextReleaseAsync("door", default), onnx), onnx, "test", default);
        Assert.Equal(entry.Digest, (await registry.FindAsync(entry.Digest, default))!.Digest);
        Assert.Contains(await registry.ListAsync(default), listed => listed.Digest == entry.Digest);
        Assert.Equal(entry.PackageBytes, (await registry.PackageAsync(entry.Digest, default))!.Value.Length);
        Assert.Null(await registry.PackageAsync(Some.Digest, default));
        Assert.True(await hubs.Front.Get<IModelQuarantine>().QuarantineAsync(entry.Digest, "test", default));
        await Assert.ThrowsAsync<ArgumentException>(() => registry.AddAsync(
            Models.Manifest("door", 1, onnx), Models.Onnx("another"), "test", default));
        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => rollouts.StartAsync(RedistributionScene.Request(entry.Digest), default));
        Assert.Contains("quarantined", refused.Message, StringComparison.Ordinal);
        Assert.Null(await rollouts.FindAsync("nothing", default));
        Assert.Null(await rollouts.CommandAsync("nothing", RolloutCommand.Pause, "test", default));
        Assert.Empty(await rollouts.ListAsync(default));
        Assert.Empty(await rollouts.PageAsync(null, 10, default));
    }

    [Fact]
    public async Task Redistribution_tells_how_long_trust_holds()
    {
        var there = await hubs.Front.Get<ITrustStatus>().RolesAsync(default);
        Assert.Equal(await hubs.Providers.Get<ITrustStatus>().RolesAsync(default), there);
        Assert.Contains(there, static role => role is { Repository: "director", Role: "root", ByHand: false, Warning: null });
    }

    [Fact]
    public async Task Redistribution_takes_files_of_other_kinds_in_pieces_and_says_why_it_refuses_one()
    {
        var artefacts = hubs.Front.Get<IArtefactRegistry>();
        var upload = new ArtefactUpload(ArtefactKind.Agent, "door", 3, ["pump-a"], "test");
        using var file = new MemoryStream(new byte[200_000]);
        var entry = await artefacts.AddAsync(upload, file, default);
        Assert.Equal(
            (ArtefactKind.Agent, "door", 3, 200_000, "pump-a"),
            (entry.Kind, entry.Name, entry.Release, entry.Bytes, Assert.Single(entry.HardwareClasses)));
        Assert.Equal(entry.TargetPath, (await artefacts.FindAsync(entry.Digest, default))!.TargetPath);
        Assert.Null(await artefacts.FindAsync(Some.Digest, default));
        Assert.True(await artefacts.ApproveAsync(entry.Digest, "ada", "", default));
        Assert.Equal("ada", Assert.Single((await artefacts.DetailsAsync(entry.Digest, default))!.Approvals).Who);
        Assert.Null(await artefacts.DetailsAsync(Some.Digest, default));
        Assert.Contains(await artefacts.ListAsync(ArtefactKind.Agent, default), listed => listed.Digest == entry.Digest);
        Assert.DoesNotContain(await artefacts.ListAsync(ArtefactKind.Rules, default), listed => listed.Digest == entry.Digest);
        using var large = new MemoryStream(new byte[3 << 20]);
        var refused =
            await Assert.ThrowsAsync<ArgumentException>(() => artefacts.AddAsync(upload with { Kind = ArtefactKind.Rules }, large, default));
        Assert.Contains("larger than", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_tells_situations_and_decisions()
    {
        SiteSituation[] sites = [new("calm", 3, 0, 1, null), new("busy", 4, 2, 2.5, "2 of 4 devices anomalous at once")];
        AgentDecision[] decisions = [new(DateTimeOffset.UnixEpoch.AddDays(20_000), "fleet", "train", "because")];
        hubs.Agents.SitesAsync(default).ReturnsForAnyArgs(sites);
        hubs.Agents.DecisionsAsync(7, Arg.Any<CancellationToken>()).Returns(decisions);
        Assert.Equal(sites, await hubs.Front.Get<IAgents>().SitesAsync(default));
        Assert.Equal(decisions, await hubs.Front.Get<IAgents>().DecisionsAsync(7, default));
    }

    [Fact]
    public async Task Perception_tells_opinions_and_data_quality()
    {
        WindowOpinion[] opinions = [new("door-5", "run-1", 9, 1.5, DeviceAlarm: false, Agrees: false)];
        DataQuality[] quality = [new("door-5", "suspect", 0.1, 0.2, 0.3, 40, "stuck now and then")];
        hubs.Opinions.RecentAsync("door-5", 3, Arg.Any<CancellationToken>()).Returns(opinions);
        hubs.Opinions.RecentAsync(null, 3, Arg.Any<CancellationToken>()).Returns([]);
        hubs.Opinions.QualityAsync(default).ReturnsForAnyArgs(quality);
        Assert.Equal(opinions, await hubs.Front.Get<ISecondOpinions>().RecentAsync("door-5", 3, default));
        Assert.Empty(await hubs.Front.Get<ISecondOpinions>().RecentAsync(null, 3, default));
        Assert.Equal(quality, await hubs.Front.Get<ISecondOpinions>().QualityAsync(default));
    }

    [Fact]
    public async Task Specialized_advises_on_a_window()
    {
        var pump = hubs.Front.Get<IPumpDomain>();
        Assert.Equal(PumpDomain.Faults, await pump.FaultsAsync(default));
        string[] channels = [
            "Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple", "Voltage", "Volume Flow RateRMS"];
        var here = PumpDomain.Advise("door-6", channels, Some.Experience());
        var there = await pump.AdviseAsync("door-6", channels, Some.Experience(), default);
        Assert.Equal((here.Asset, here.Fault, here.Confidence, here.Advice), (there.Asset, there.Fault, there.Confidence, there.Advice));
        Assert.Equal(here.Reasons, there.Reasons);
    }

    [Fact]
    public async Task What_happens_in_a_service_is_told_on_the_bus_of_a_hub_that_runs_without_it()
    {
        HubEvent[] told =
        [
            new FactsStored(Some.Batch("door-7", Some.Fact(1))),
            new PresenceChanged("site-1", "door-7", new Presence(true, 4, "boot", 3)),
            new TrainingProgressed("run-1", "training", 0.5, "half way"),
            new RolloutTransitioned("r-1", "canary", "waiting", "deploying", "because"),
            new AgentDecided("fleet", "train", "because"),
        ];
        using var heard = hubs.Front.Get<EventBus>().Subscribe("test", static happened =>
            happened is FactsStored or PresenceChanged { DeviceId: "door-7" } or TrainingProgressed { RunId: "run-1" }
                or RolloutTransitioned { RolloutId: "r-1" } or AgentDecided { Agent: "fleet" });
        await hubs.FollowedAsync();
        foreach (var happened in told) hubs.Providers.Get<EventBus>().Publish(happened);
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        var types = new List<HubEvent>();
        while (types.Count < told.Length)
        {
            types.Add(await heard.Events.ReadAsync(patience.Token));
        }

        // Each service has a line of its own, so the order holds within one only.
        foreach (var expected in told.Skip(1)) Assert.Contains(expected, types);
        var batch = Assert.Single(types.OfType<FactsStored>()).Batch;
        Assert.Equal(("door-7", 7, 1), (batch.DeviceId, batch.Epoch, Assert.Single(batch.Facts).Sequence));
        Assert.Equal(Some.Fact(1).Payload.ToArray(), batch.Facts[0].Payload.ToArray());
    }

    [Theory]
    [InlineData("overview")]
    [InlineData("devices")]
    [InlineData("experiences/statistics")]
    [InlineData("labels")]
    [InlineData("training")]
    [InlineData("models")]
    [InlineData("artefacts")]
    [InlineData("rollouts")]
    [InlineData("pump/faults")]
    [InlineData("trust")]
    public async Task Integration_apart_from_all_others_serves_rest(string path)
    {
        hubs.Agents.SitesAsync(default).ReturnsForAnyArgs([]);
        using var client = hubs.Front.Http("front");
        using var answer = await client.GetAsync($"/api/v1/{path}");
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
    }
}

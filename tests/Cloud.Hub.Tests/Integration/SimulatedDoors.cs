using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Specialized.Contract;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Cloud.Hub.Tests.Integration;

/// <summary>The doors that the front looks through, each substituted: answers are set by the test, calls can be asked for.</summary>
internal sealed class SimulatedDoors
{
    public SimulatedDoors()
    {
        Fleet.DevicesAsync(default).ReturnsForAnyArgs([]);
        Fleet.DeviceAsync("", default).ReturnsForAnyArgs((DeviceView?)null);
        Feedback.AlarmsAsync(false, 0, default).ReturnsForAnyArgs([]);
        Feedback.LabelsAsync(null, null, default).ReturnsForAnyArgs([]);
        Feedback.QualityAsync(default).ReturnsForAnyArgs([]);
        Archive.StatisticsAsync(default).ReturnsForAnyArgs(new ArchiveStatistics(0, 0, 0, 0, 0, 0, 0, []));
        Training.RunsAsync(default).ReturnsForAnyArgs([]);
        Questions.QuestionsAsync(false, 0, default).ReturnsForAnyArgs([]);
        Questions.QuestionAsync(0, default).ReturnsForAnyArgs((LabelQuestion?)null);
        Training.RunAsync("", default).ReturnsForAnyArgs((TrainingRunView?)null);
        Registry.ListAsync(default).ReturnsForAnyArgs([]);
        Registry.FindAsync("", default).ReturnsForAnyArgs((ModelEntry?)null);
        Registry.PackageAsync("", default).ReturnsForAnyArgs((ReadOnlyMemory<byte>?)null);
        Artefacts.ListAsync(null, default).ReturnsForAnyArgs([]);
        Artefacts.DetailsAsync("", default).ReturnsForAnyArgs((ArtefactDetails?)null);
        Artefacts.FindAsync("", default).ReturnsForAnyArgs((ArtefactEntry?)null);
        Rollouts.ListAsync(default).ReturnsForAnyArgs([]);
        Rollouts.PageAsync(default, default, default).ReturnsForAnyArgs([]);
        Rollouts.FindAsync("", default).ReturnsForAnyArgs((RolloutView?)null);
        Rollouts.CommandAsync("", default, "", default).ReturnsForAnyArgs((RolloutView?)null);
        Trust.RolesAsync(default).ReturnsForAnyArgs([]);
        Agents.SitesAsync(default).ReturnsForAnyArgs([]);
        Agents.DecisionsAsync(0, default).ReturnsForAnyArgs([]);
        Opinions.RecentAsync(null, 0, default).ReturnsForAnyArgs([]);
        Opinions.QualityAsync(default).ReturnsForAnyArgs([]);
        Pump.FaultsAsync(default).ReturnsForAnyArgs([]);
    }

    public IFleet Fleet { get; } = Substitute.For<IFleet>();

    public IFeedback Feedback { get; } = Substitute.For<IFeedback>();

    public IExperienceArchive Archive { get; } = Substitute.For<IExperienceArchive>();

    public ITrainingRuns Training { get; } = Substitute.For<ITrainingRuns>();

    public ILabelQuestions Questions { get; } = Substitute.For<ILabelQuestions>();

    public IModelRegistry Registry { get; } = Substitute.For<IModelRegistry>();

    public IArtefactRegistry Artefacts { get; } = Substitute.For<IArtefactRegistry>();

    public IModelQuarantine Quarantine { get; } = Substitute.For<IModelQuarantine>();

    public IRollouts Rollouts { get; } = Substitute.For<IRollouts>();

    public ITrustStatus Trust { get; } = Substitute.For<ITrustStatus>();

    public IAgents Agents { get; } = Substitute.For<IAgents>();

    public ISecondOpinions Opinions { get; } = Substitute.For<ISecondOpinions>();

    public IPumpDomain Pump { get; } = Substitute.For<IPumpDomain>();

    public void Enter(IServiceCollection services)
    {
        EnterAllButRedistribution(services);
        services.AddSingleton(Registry).AddSingleton(Artefacts).AddSingleton(Rollouts).AddSingleton(Quarantine).AddSingleton(Trust);
    }

    /// <summary>For a hub that runs Redistribution itself.</summary>
    public void EnterAllButRedistribution(IServiceCollection services) =>
        services.AddSingleton(Fleet).AddSingleton(Substitute.For<IDeviceReports>()).AddSingleton(Feedback).AddSingleton(Archive)
            .AddSingleton(Substitute.For<IFactArchive>()).AddSingleton(Training).AddSingleton(Questions)
            .AddSingleton(Agents).AddSingleton(Opinions).AddSingleton(Pump);
}

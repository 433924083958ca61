using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Federated;
using Cloud.Hub.Tests.Learning.Service;

namespace Cloud.Hub.Tests.Learning.Federated;

public sealed class FederatedInvitationsTests
{
    private static readonly string[] States = ["idle", "pumping", "blocked"];
    private readonly SimulatedFleet _fleet = SimulatedFleet.WithStates(runs: 1);

    [Fact]
    public async Task A_device_that_is_named_and_not_enrolled_is_refused_by_name()
    {
        var refused = await Assert.ThrowsAsync<TrainingRefusedException>(() => AskedAsync(new FederatedRequest { Devices = ["pump-1", "pump-9"] }));
        Assert.Equal("device 'pump-9' is not enrolled", refused.Message);
    }

    /// <summary>pump-1 is online and has labels of the classes, but answers with no model yet.</summary>
    [Fact]
    public async Task Nobody_is_asked_who_does_not_answer_with_the_parent() => Assert.Empty(await AskedAsync(new FederatedRequest()));

    private async Task<IEnumerable<string>> AskedAsync(FederatedRequest asked) =>
        (await new FederatedInvitations(_fleet, _fleet).OfAsync(asked, "sha256:parent", States, seed: 1, CancellationToken.None))
        .Select(device => device.DeviceId);
}

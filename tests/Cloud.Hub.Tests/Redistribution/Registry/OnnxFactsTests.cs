using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using FsCheck.Xunit;

namespace Cloud.Hub.Tests.Redistribution.Registry;

public class OnnxFactsTests
{
    [Fact]
    public async Task A_model_says_its_opset_and_operators_and_who_approved_it_and_it_was_timed()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var registry = hub.Get<IArtefactRegistry>();
        var model = await RedistributionScene.AddModelAsync(hub, 1);
        Assert.True(await registry.ApproveAsync(model.Digest, "ada", "looked at the slices", default));
        Assert.True(await registry.ApproveAsync(model.Digest, "ada", "and at drift", default));
        Assert.False(await registry.ApproveAsync($"sha256:{new string('0', 64)}", "ada", "", default));
        var details = (await registry.DetailsAsync(model.Digest, default))!;
        Assert.Equal(new Opset("", 17), Assert.Single(details.Model!.Opsets));
        Assert.Equal(("Identity", 1), Assert.Single(details.Model.Operators) is var (name, count) ? (name, count) : default);
        Assert.InRange(details.Model.HubLatencyUs, 0.01, 1e6);
        Assert.Equal(("ada", "and at drift"), Assert.Single(details.Approvals) is var approval ? (approval.Who, approval.Note) : default);
        Assert.Equal((true, "run"), (details.IsSigned, details.Lineage!.RunId));
    }

    [Property(MaxTest = 1000)]
    public void Any_bytes_are_read_or_refused(int seed)
    {
        var random = new Random(seed);
        var bytes = Models.Onnx("mutated");
        for (var change = random.Next(1, 6); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        try
        {
            OnnxFacts.Of(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
        catch (FormatException)
        {
            // Said so.
        }
    }
}

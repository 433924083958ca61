namespace Architecture.Tests;

/// <summary>Which way dependencies point (docs/architecture.md, docs/adr/0004).</summary>
public sealed class WallTests
{
    private static readonly string[] AgentLadder = [
        "Models", "Sampling", "Perception", "Reasoning", "Actions", "Pipeline", "Experience", "Sync", "Hosting"];

    private static readonly string[] HubServices =
        ["Perception", "Memory", "Learning", "Reasoning", "Communication", "Feedback", "Integration", "Specialized", "Redistribution"];

    /// <summary>From what knows nobody to what knows all of them: a recipe knows no data, data know no public recording.</summary>
    private static readonly string[] LearningLadder = ["Training", "Recipes", "Datasets", "Corpora", "Studies"];

    private static readonly string[] RolloutLadder = ["Pace", "Evidence", "Planning", "Gates"];

    /// <summary>What the other tests of this class do not know of, they do not hold.</summary>
    [Fact]
    public void Every_folder_has_its_place()
    {
        Assert.Equal(AgentLadder.Concat(["Settings", "Yaml"]).Order(), FoldersOf("src/Edge.Agent"));
        Assert.Equal(HubServices.Concat(["Bus", "Host"]).Order(), FoldersOf("src/Cloud.Hub"));
    }

    [Theory]
    [InlineData("src/Shared/Contracts/Hmas.Contracts.csproj")]
    [InlineData("src/Shared/Storage/Hmas.Storage.csproj")]
    [InlineData("src/Shared/Signals/Hmas.Signals.csproj", "Hmas.Contracts")]
    [InlineData("src/Shared/Trust/Hmas.Trust.csproj", "Hmas.Contracts", "Hmas.Storage")]
    [InlineData("src/Shared/Messaging/Hmas.Messaging.csproj", "Hmas.Contracts")]
    [InlineData("src/Shared/Inference/Hmas.Inference.csproj", "Hmas.Contracts", "Hmas.Signals")]
    [InlineData("src/Edge.Sensors/Edge.Sensors.csproj", "Hmas.Contracts")]
    [InlineData("src/Trust.Cli/Trust.Cli.csproj", "Hmas.Trust")]
    [InlineData("src/Operator.Cli/Operator.Cli.csproj", "Edge.Sensors", "Hmas.Contracts", "Hmas.Trust")]
    public void A_project_refers_only_to_those_below_it(string project, params string[] allowed)
    {
        var stray = SourceTree.References(project).Except(allowed).ToArray();
        Assert.True(stray.Length == 0, $"{project} must not refer to {string.Join(", ", stray)}");
    }

    [Fact]
    public void The_agent_and_the_hub_never_refer_to_each_other()
    {
        Assert.DoesNotContain("Cloud.Hub", SourceTree.References("src/Edge.Agent/Edge.Agent.csproj"));
        Assert.DoesNotContain(SourceTree.References("src/Cloud.Hub/Cloud.Hub.csproj"), name => name.StartsWith("Edge.", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_rung_of_the_agent_uses_only_rungs_below_it() => Assert.Empty(Upwards("src/Edge.Agent", "Edge.Agent", AgentLadder));

    [Fact]
    public void Each_rung_of_learning_uses_only_rungs_below_it() =>
        Assert.Empty(Upwards("src/Cloud.Hub/Learning", "Cloud.Hub.Learning", LearningLadder));

    [Fact]
    public void Each_rung_of_a_rollout_uses_only_rungs_below_it() =>
        Assert.Empty(Upwards("src/Cloud.Hub/Redistribution/Rollouts", "Cloud.Hub.Redistribution.Rollouts", RolloutLadder));

    [Fact]
    public void A_service_reaches_another_only_through_its_contract_folder()
    {
        var breaches =
            from service in HubServices
            from file in SourceTree.Files($"src/Cloud.Hub/{service}")
            from used in SourceTree.Usings(file.Text)
            let parts = used.Split('.')
            where parts.Length >= 3 && parts[0] == "Cloud" && parts[1] == "Hub" && parts[2] != service && HubServices.Contains(parts[2])
            where parts.Length < 4 || parts[3] != "Contract"
            select $"{file.Path} uses {used}";
        Assert.Empty(breaches);
    }

    [Fact]
    public void Services_do_not_reach_into_the_wiring()
    {
        var breaches =
            from service in HubServices
            from file in SourceTree.Files($"src/Cloud.Hub/{service}")
            where SourceTree.Usings(file.Text).Any(used => used.StartsWith("Cloud.Hub.Host.Wiring", StringComparison.Ordinal))
            select file.Path;
        Assert.Empty(breaches);
    }

    /// <summary>Uses of a folder of a ladder by one before it.</summary>
    private static IEnumerable<string> Upwards(string folder, string space, string[] ladder) =>
        from file in SourceTree.Files(folder)
        let rung = Array.IndexOf(ladder, file.Path[(folder.Length + 1)..].Split('/')[0])
        where rung >= 0
        from used in SourceTree.Usings(file.Text)
        where used.StartsWith($"{space}.", StringComparison.Ordinal)
        let usedRung = Array.IndexOf(ladder, used[(space.Length + 1)..].Split('.')[0])
        where usedRung > rung
        select $"{file.Path} uses {used}";

    private static IEnumerable<string> FoldersOf(string project) =>
        SourceTree.Files(project).Select(static file => file.Path.Split('/')).Where(static parts => parts.Length > 3).Select(static parts => parts[2])
            .Distinct().Order();
}

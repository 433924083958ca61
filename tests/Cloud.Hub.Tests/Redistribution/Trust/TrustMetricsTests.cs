using System.Globalization;
using System.Text.RegularExpressions;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;
using Operator.Cli.Keys;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>What the metrics say of roles. Metrics are the process's: no other hub runs beside these, but one
/// that has just ended may still be told of.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed partial class TrustMetricsTests
{
    private const string Name = "trust metrics";

    [Fact]
    public async Task How_long_each_role_lives_is_a_metric()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false);
        await RedistributionScene.AddModelAsync(scene.Hub, 1);
        using var client = scene.Hub.Http(HubServices.Redistribution);
        var lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .Where(static line => line.StartsWith("hmas_trust_expires_seconds{", StringComparison.Ordinal)).ToList();
        foreach (var (repository, role, days) in ((string, string, double)[])[
            ("images", "root", 365), ("images", "targets", 30), ("images", "snapshot", 30), ("images", "timestamp", 1), ("director", "root", 365)])
        {
            var seconds = lines
                .Where(line => line.Contains($"repository=\"{repository}\"", StringComparison.Ordinal)
                    && line.Contains($"role=\"{role}\"", StringComparison.Ordinal))
                .Select(static line => double.Parse(
                    line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
            Assert.Contains(seconds, left => left >= (days * 86_400) - 600 && left <= days * 86_400);
        }
    }

    [Fact]
    public async Task Hub_metrics_and_keepers_say_the_same_of_targets_that_must_be_signed_soon()
    {
        await using var scene = new TrustScene();
        // 160 of their 180 days are over; the root lives for a year.
        var keepersClock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-160));
        scene.Keepers(scene.Images, keepersClock).Begin(Quorum.Parse("2/3"), Quorum.Parse("2/3"), null);
        await scene.StartAsync(offline: true);
        const string Warning = "targets of the images repository expires in 19 days: hmas keys sign";
        var roles = await scene.Hub.Get<ITrustStatus>().RolesAsync(default);
        Assert.Equal(
            ["images root", "images timestamp", "images snapshot", "images targets", "director root"],
            roles.Select(static role => $"{role.Repository} {role.Role}"));
        Assert.Equal([true, false, false, true, false], roles.Select(static role => role.ByHand));
        Assert.Equal([null, null, null, Warning, null], roles.Select(static role => role.Warning));

        using var client = scene.Hub.Http(HubServices.Redistribution);
        var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var series = Due().Matches(metrics).Select(
            static line => ($"{line.Groups["repository"].Value} {line.Groups["role"].Value}", IsDue: line.Groups["due"].Value == "1")).ToHashSet();
        Assert.Superset(roles.Select(static role => ($"{role.Repository} {role.Role}", role.Warning is not null)).ToHashSet(), series);
        Assert.Single(series, static one => one.IsDue);
        if (Promtool.IsHere) Assert.Equal("", await Promtool.LintAsync(metrics));

        var (code, said) = await OperatorProgram.RunAsync(new Dictionary<string, string>(), "keys", "status", "--repository", scene.Images);
        Assert.Equal(2, code);
        Assert.Contains(Warning, said, StringComparison.Ordinal);
    }

    [GeneratedRegex(
        "^hmas_trust_due\\{(?=.*repository=\"(?<repository>\\w+)\")(?=.*role=\"(?<role>\\w+)\").*\\} (?<due>[01])", RegexOptions.Multiline)]
    private static partial Regex Due();
}

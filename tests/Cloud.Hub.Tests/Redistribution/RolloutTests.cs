using System.Net;
using System.Net.Http.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Retention;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Rollouts of a real hub over a simulated fleet, from the request to the end.</summary>
public class RolloutTests
{
    [Fact]
    public async Task A_good_model_goes_group_by_group_to_the_whole_site()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 2);
        var (old, next) = (scene.Releases[0], scene.Releases[1]);
        var view = await scene.Rollouts.StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        Assert.Equal([1, 2, 3], view.Groups.Select(static group => group.Devices.Count));
        for (var group = 0; group < 3; group++)
        {
            await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
            await scene.WorkAsync(scene.Hub, view.RolloutId);
            await scene.ReachedAsync(view.RolloutId, GroupState.Passed);
        }

        await scene.ReachedAsync(view.RolloutId, RolloutState.Completed);
        for (var i = 0; i < 6; i++) Assert.Equal(next.Digest, scene.Fleet[$"d{i}"].Reported!.ActiveDigest);
        Assert.Equal(old.Digest, scene.Fleet["x0"].Reported!.ActiveDigest);
        Assert.Equal(6, scene.Fleet.Assignments.Count);
        var (_, assignment) = scene.Fleet.Assignments.First();
        Assert.Equal(
            (next.Digest, next.PackageBytes, view.RolloutId, false),
            (assignment!.Digest, assignment.PackageBytes, assignment.RolloutId, assignment.Restore));
    }

    [Fact]
    public async Task Rollouts_are_listed_page_by_page_newest_first()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 3, releases: 1, answering: false);
        var next = scene.Releases[0];
        var begun = new List<string>();
        foreach (var device in new[] { "d0", "d1", "d2" })
        {
            var request = RedistributionScene.Request(next.Digest) with { DeviceIds = [device] };
            begun.Insert(0, (await scene.Rollouts.StartAsync(request, default)).RolloutId);
        }

        Assert.Equal(begun[..2], (await scene.Rollouts.PageAsync(null, 2, default)).Select(static view => view.RolloutId));
        Assert.Equal(begun[2..], (await scene.Rollouts.PageAsync(begun[1], 2, default)).Select(static view => view.RolloutId));
        Assert.Empty(await scene.Rollouts.PageAsync("nobody", 2, default));
    }

    /// <param name="word">Of the rollout or of a group of it, …</param>
    /// <param name="unknown">… and what a newer hub has written in its place.</param>
    [Theory]
    [InlineData("scheduled", "frozen")]
    [InlineData("waiting", "thawing")]
    public async Task A_rollout_with_a_state_that_nobody_knows_hides_no_other_stays_on_disk_and_keeps_every_artefact(string word, string unknown)
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 1, answering: false);
        var request = RedistributionScene.Request(scene.Releases[0].Digest) with { NotBefore = TimeProvider.System.GetUtcNow().AddYears(1) };
        var strange = (await scene.Rollouts.StartAsync(request, default)).RolloutId;
        var plain = (await scene.Rollouts.StartAsync(request, default)).RolloutId;
        await scene.Hub.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(scene.Folder, "rollouts.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var update = connection.CreateCommand();
            update.CommandText = "UPDATE rollouts SET document = replace(CAST(document AS TEXT), $word, $unknown) WHERE id = $id";
            update.Parameters.AddWithValue("$word", $"\"{word}\"");
            update.Parameters.AddWithValue("$unknown", $"\"{unknown}\"");
            update.Parameters.AddWithValue("$id", strange);
            Assert.Equal(1, await update.ExecuteNonQueryAsync());
        }

        await scene.RestartAsync();
        Assert.Equal([plain], (await scene.Rollouts.ListAsync(default)).Select(static view => view.RolloutId));
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => scene.Rollouts.FindAsync(strange, default));
        Assert.EndsWith($"a state that this hub does not know: '{unknown}'", fault.Message, StringComparison.Ordinal);
        Assert.Equal([(plain, null), (strange, unknown)], scene.Hub.Get<RolloutStore>().Page(null, 10));
        await Assert.ThrowsAsync<InvalidDataException>(() => scene.Hub.Get<References>().FindAsync(default));
        using var http = scene.Hub.Http(HubServices.Redistribution);
        await Eventually.HoldsAsync(async () => (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n')
            .Any(static line => line.StartsWith("hmas_redistribution_unreadable", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_asked_is_who_is_signed_in_and_cannot_approve_it()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 1, answering: false);
        var next = scene.Releases[0];
        using var client = scene.Hub.Http(HubServices.Redistribution);
        using var asked = await client.PostAsJsonAsync(
            "/rollouts", RedistributionScene.Request(next.Digest) with { RequestedBy = "somebody-else", NeedsApproval = true },
            RedistributionJson.Options);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        var view = (await asked.Content.ReadFromJsonAsync<RolloutView>(RedistributionJson.Options))!;
        Assert.Equal(("operator", RolloutState.Scheduled), (view.Request.RequestedBy, view.State));
        using var refused = await client.PostAsync($"/rollouts/{view.RolloutId}/approve", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("somebody else must approve it", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(
            "second",
            (await scene.Rollouts.CommandAsync(view.RolloutId, RolloutCommand.Approve, "second", CancellationToken.None))!.ApprovedBy);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
    }

    [Fact]
    public async Task A_rollout_that_begins_in_a_year_keeps_its_devices_from_nobody()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 2, answering: false);
        var (later, now) = (scene.Releases[0], scene.Releases[1]);
        var scheduled = await scene.Rollouts.StartAsync(
            RedistributionScene.Request(later.Digest) with { NotBefore = DateTimeOffset.UnixEpoch.AddYears(200) }, CancellationToken.None);
        Assert.Equal(RolloutState.Scheduled, scheduled.State);
        var running = await scene.Rollouts.StartAsync(RedistributionScene.Request(now.Digest), CancellationToken.None);
        Assert.Equal(RolloutState.Running, running.State);
        Assert.Equal(
            RolloutState.Cancelled,
            (await scene.Rollouts.CommandAsync(scheduled.RolloutId, RolloutCommand.Cancel, "op", CancellationToken.None))!.State);
    }

    [Fact]
    public async Task What_devices_said_while_the_hub_was_down_is_counted_and_counted_once()
    {
        await using var scene = new RedistributionScene();
        RolloutView before;
        await using (var hub = await scene.StartAsync())
        {
            var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
            scene.AddDevices(6, old.Digest);
            scene.Facts.Add(
                "site", "d0",
                new ModelEvidence { Digest = next.Digest, BootId = "b", RunId = "earlier", FromUs = 0, ToUs = 1, Windows = 1_000,
                    AlarmWindows = 1_000 });
            var request = RedistributionScene.Request(next.Digest);
            var id = (await hub.Get<IRollouts>()
                .StartAsync(request with { Gate = request.Gate with { MinimumWindows = 200 } }, CancellationToken.None)).RolloutId;
            await scene.ReachedAsync(id, GroupState.Observing);
            await scene.WorkAsync(hub, id);
            before = (await hub.Get<IRollouts>().FindAsync(id, CancellationToken.None))!;
            await hub.CrashAsync();
        }

        scene.Work(before);
        await using var again = await scene.StartAsync();
        await scene.ReachedAsync(before.RolloutId, GroupState.Passed);
        var canary = (await again.Get<IRollouts>().FindAsync(before.RolloutId, CancellationToken.None))!.Transitions.Last(static move =>
            move.To == GroupState.Passed);
        var alarms = canary.Evidence!.Metric(GateLimits.AlarmRate)!;
        Assert.Equal((200, 0.05, 0.05), (canary.Evidence.Windows, Math.Round(alarms.Value, 9), Math.Round(alarms.Reference!.Value, 9)));
    }

    [Fact]
    public async Task A_crashed_hub_goes_on_exactly_where_it_was()
    {
        await using var scene = new RedistributionScene();
        string rolloutId;
        RolloutView before;
        await using (var hub = await scene.StartAsync())
        {
            var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
            scene.AddDevices(6, old.Digest);
            rolloutId = (await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None)).RolloutId;
            await scene.ReachedAsync(rolloutId, GroupState.Observing);
            await scene.WorkAsync(hub, rolloutId);
            await scene.ReachedAsync(rolloutId, GroupState.Passed);
            await scene.ReachedAsync(rolloutId, GroupState.Observing);
            before = (await hub.Get<IRollouts>().FindAsync(rolloutId, CancellationToken.None))!;
            await hub.CrashAsync();
        }

        await using var again = await scene.StartAsync();
        var after = (await again.Get<IRollouts>().FindAsync(rolloutId, CancellationToken.None))!;
        Assert.Equal(before.Transitions, after.Transitions);
        Assert.Equal(before.Groups.Select(static group => group.State), after.Groups.Select(static group => group.State));
        await scene.WorkAsync(again, rolloutId);
        await scene.ReachedAsync(rolloutId, GroupState.Observing);
        await scene.WorkAsync(again, rolloutId);
        await scene.ReachedAsync(rolloutId, RolloutState.Completed);
        Assert.Equal(6, scene.Fleet.Assignments.Select(static told => told.DeviceId).Distinct().Count());
    }
}

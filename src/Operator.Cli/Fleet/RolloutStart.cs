using System.CommandLine;
using System.Globalization;
using Hmas.Contracts.Artefacts;
using Operator.Cli.Hub;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas rollout start</c>.</summary>
internal static class RolloutStart
{
    public static Command Create()
    {
        var hub = new HubConnection();
        var model = hub.Complete(
            new Argument<string>(
                "model") { Description =
                    "NAME (its newest release), NAME:RELEASE, or the digest's first letters; of an artefact that is no model the whole digest (hmas artefacts show)" },
            ModelsCommand.ModelNamesAsync);
        var where = new Option<string?>(
            "--where") { HelpName = "query",
                Description = "Devices that match this query: site = north and hardware in (rpi4, rpi5) and not tag.stage = test" };
        var groups = new Option<string[]>(
            "--group") { HelpName = "name", Description =
                "In order, repeatable: canary=5, stage=20%, north=where:site = north, or full for all the rest [default: canary=1%, stage=9%, full=90%]" };
        var control = new Option<string?>(
            "--control") { HelpName = "share", Description = "Share of the devices that keeps the old model for comparison, for example 10%" };
        var gate = new Option<string?>(
            "--gate") { HelpName = "name",
                Description =
                    "What each group must show before the next begins: default, quick, whose later groups compare no longer in shadow than a canary does, or strict, which asks for hours of proof in shadow that the model is not a little worse [default: default]" };
        var pace = new Option<double?>("--pace") { HelpName = "number", Description = "Devices told a minute [default: a whole group at once]" };
        var factor = new Option<double?>(
            "--pace-factor") { HelpName = "number", Description = "The pace grows by this factor, 1 to 10, with each step of --pace-every" };
        var every = new Option<int?>("--pace-every") { HelpName = "devices", Description = "So many committed devices are one step" };
        var bytes = new Option<long?>(
            "--bytes-per-second") { HelpName = "number",
                Description = "Tell no more devices than can fetch the package at this rate in all; needs --pace" };
        var windows = new Option<string[]>(
            "--window") { HelpName = "window",
                Description =
                    "When devices may be told, repeatable: 'SITE HH:MM+MINUTES ZONE [mon,tue,...]', for example 'north-* 22:00+240 Europe/Berlin sat,sun'; * is every site" };
        var manual = new Option<string[]>(
            "--manual") { HelpName = "group", Description = "A group that begins only after hmas rollout trigger, repeatable" };
        var approval = new Option<bool>("--approval") { Description = "Begin only after somebody else has approved it (hmas rollout approve)" };
        var at = new Option<DateTimeOffset?>("--at") { HelpName = "time", Description = "Tell nobody before this time" };
        var priority = new Option<int?>(
            "--priority") { HelpName = "number",
                Description = "0 to 100: of two rollouts that want the same device the higher one gets it, of equal ones the older [default: 50]" };
        var continuous = new Option<bool>(
            "--continuous") { Description = "Stay open once every group has passed: devices that come to match get it too, until another rollout takes its place" };
        var reason = new Option<string>("--reason") { HelpName = "text", Description = "Why, for those who read it later", Required = true };
        var watch = new Option<bool>("--watch") { Description = "Follow it to its end" };
        var command = hub.AddTo(
            new Command(
                "start", "Start a rollout") { model, where, groups, control, gate, pace, factor, every, bytes, windows, manual, approval, at,
                    priority, continuous, reason, watch });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var meant = parsed.GetRequiredValue(model);
            var digest = ArtefactDigest.IsValid(meant) ? meant : Digest(meant, await api.ModelsAsync(cancellation));
            var request = new Dictionary<string, object>
            {
                ["digest"] = digest, ["reason"] = parsed.GetRequiredValue(reason),
            };
            if (parsed.GetValue(where) is { } query) request["where"] = query;
            if (parsed.GetValue(groups) is { Length: > 0 } plan)
                request["groups"] = plan.Select(text => Group(text, parsed.GetValue(manual) ?? [])).ToArray();
            else if (parsed.GetValue(manual) is { Length: > 0 }) throw new HubRefusal("--manual: names a group of --group");
            if (parsed.GetValue(control) is { } share) request["controlShare"] = Share(share);
            if (parsed.GetValue(gate) is { } named) request["gate"] = named;
            if (parsed.GetValue(pace) is { } perMinute)
                request["pace"] = new { devicesPerMinute = perMinute, factor = parsed.GetValue(factor) ?? 1, everyCommitted = parsed.GetValue(every)
                    ?? 0, bytesPerSecond = parsed.GetValue(bytes) ?? 0 };
            else if (parsed.GetValue(factor) is not null || parsed.GetValue(every) is not null || parsed.GetValue(bytes) is not null)
                throw new HubRefusal("--pace-factor, --pace-every, --bytes-per-second: need --pace");
            if (parsed.GetValue(windows) is { Length: > 0 } hours) request["windows"] = hours.Select(WindowText.Parse).ToArray();
            if (parsed.GetValue(approval)) request["needsApproval"] = true;
            if (parsed.GetValue(continuous)) request["continuous"] = true;
            if (parsed.GetValue(at) is { } start) request["notBefore"] = start;
            if (parsed.GetValue(priority) is { } importance) request["priority"] = importance;
            var rollout = await api.StartRolloutAsync(request, cancellation);
            Console.WriteLine(
                $"{rollout.RolloutId} is {rollout.State}: {string.Join(", ", rollout.Groups.Select(static group => $"{group.Name} {Words.Count(group.Devices.Count, "device")}"))}{Control(rollout)}{Waits(rollout)}");
            return parsed.GetValue(watch) ? await RolloutFollower.RunAsync(api, rollout.RolloutId, TimeProvider.System, cancellation) : 0;
        }));
        return command;
    }

    /// <exception cref="HubRefusal">No model is meant, or several are.</exception>
    internal static string Digest(string text, IReadOnlyList<ModelAnswer> models)
    {
        var parts = text.Split(':');
        var named = models.Where(model => model.Manifest.Name == parts[0]
            && (parts.Length == 1 || model.Manifest.Release.ToString(CultureInfo.InvariantCulture) == parts[1]))
            .MaxBy(static model => model.Manifest.Release);
        if (named is not null) return named.Digest;
        var hex = parts[^1];
        var meant = models.Where(model => hex.Length >= 4 && model.Digest.Split(':')[^1].StartsWith(hex, StringComparison.Ordinal)).ToList();
        return meant.Count == 1
            ? meant[0].Digest :
                throw new HubRefusal(meant.Count == 0 ? $"there is no model '{text}': see hmas models" : $"'{text}' means {meant.Count} models");
    }

    private static object Group(string text, IReadOnlyList<string> manual)
    {
        try
        {
            return GroupText.Parse(text, manual);
        }
        catch (FormatException e)
        {
            throw new HubRefusal(e.Message);
        }
    }

    private static double Share(string text) =>
        double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && text.EndsWith('%')
        ? percent / 100
        : throw new HubRefusal($"--control {text}: must be a share such as 10%");

    private static string Waits(RolloutAnswer rollout) =>
        rollout.WaitsFor.Count > 0 ? $"; it waits for devices of {string.Join(", ", rollout.WaitsFor)}" : "";

    private static string Control(RolloutAnswer rollout) =>
        rollout.ControlDevices.Count > 0 ? $"; {Words.Count(rollout.ControlDevices.Count, "device")} kept as they are for comparison" : "";
}

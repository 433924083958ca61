using Cloud.Hub.Bus;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;
using Microsoft.Playwright;
using NSubstitute;
using static Microsoft.Playwright.Assertions;

namespace Cloud.Hub.Tests.Integration;

/// <summary>What the page says of a fleet, a run or a rollout that is in this state or that.</summary>
public sealed class DashboardStateTests(Chromium chromium) : DashboardPage(chromium)
{
    private const string AlarmList = "**/alarms?open=true*";

    [Fact]
    public async Task A_device_without_a_model_is_not_said_to_calibrate()
    {
        await using var front = await FrontFixture.StartAsync();
        var site = Simulate(front);
        site.Devices = [SampleFleet.Device("pump-9", digest: null, calibrated: false)];
        for (var second = 0; second < 3; second++) site.Step();
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".device-row .state")).ToHaveTextAsync("no model");
        await Expect(page.Locator(".plot-empty")).ToContainTextAsync("No model answers on it yet: its rules alone decide.");
        await PictureAsync(page, "no-model");
    }

    [Fact]
    public async Task An_answer_stays_given_when_a_list_that_was_asked_for_before_comes_after_it()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        var held = new TaskCompletionSource<Microsoft.Playwright.IRequest>();
        var answered = new TaskCompletionSource();
        await page.RouteAsync(
            AlarmList,
            async route =>
            {
                var old = await route.FetchAsync();
                held.SetResult(route.Request);
                await answered.Task;
                await route.FulfillAsync(new RouteFulfillOptions { Response = old });
            },
            new PageRouteOptions { Times = 1 });
        AskAnew(front);
        await held.Task;

        await page.Locator("[data-key=a-2-normal]").ClickAsync();
        await Expect(page.Locator("[data-key=a-2-normal]")).ToHaveCountAsync(0);
        await page.EvaluateAsync("""
            () => {
              window.back = 0;
              new MutationObserver(() => { window.back += document.querySelectorAll('[data-key=a-2-normal]').length; })
                .observe(document.body, { childList: true, subtree: true });
            }
            """);
        answered.SetResult();
        await (await (await held.Task).ResponseAsync())!.FinishedAsync();
        // Until the page has drawn what it asked for after that.
        await page.RunAndWaitForRequestFinishedAsync(
            () =>
            {
                AskAnew(front);
                return Task.CompletedTask;
            },
            new PageRunAndWaitForRequestFinishedOptions { Predicate = static request => request.Url.Contains("/alarms?open=true", StringComparison.Ordinal) });
        await page.EvaluateAsync("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => window.back"));
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_moment_that_is_not_of_today_bears_its_day_and_all_are_in_utc()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".zone")).ToHaveTextAsync("times in UTC");
        // The recording that the device lives through is of 2020.
        await Expect(page.Locator("li.alarm time").First).ToHaveTextAsync("9 Mar 2020 10:22:05");
        await Expect(page.Locator("li.alarm time").First).ToHaveAttributeAsync("datetime", "2020-03-09T10:22:05.000Z");
        await Expect(page.Locator(".reading time")).ToHaveTextAsync("9 Mar 2020 10:23:32");
        await Expect(page.Locator(".decisions time").First).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex(" UTC \\("));
    }

    [Fact]
    public async Task A_rollout_held_back_by_another_says_by_which_and_a_device_that_went_back_says_why()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var now = TimeProvider.System.GetUtcNow();
        front.Doors.Rollouts.PageAsync(default, default, default).ReturnsForAnyArgs([SampleRollouts.HeldBack(now), SampleRollouts.Open(now)]);
        var page = await OpenAsync(front, 1280, 900);
        var held = page.Locator($"[data-id={SampleRollouts.Held}]");
        await Expect(held.Locator(".waits")).ToHaveTextAsync($"Waits for devices of {SampleRollouts.Program}");
        await Expect(held.Locator(".lead").First).ToContainTextAsync("pump-anomaly 2 b71e40d2");
        await Expect(held.Locator(".complaints")).ToHaveTextAsync("pump-2: probe 4 of 16 answered 0.31 away from what is expected");
        var open = page.Locator($"[data-id={SampleRollouts.Continuous}]");
        await Expect(open.Locator(".badge.continuous")).ToBeVisibleAsync();
        await Expect(open.Locator(".terms")).ToContainTextAsync(" UTC: each device that comes to match gets it too");
        await page.Locator(".rollouts").ScrollIntoViewIfNeededAsync();
        await PictureAsync(page, "held-back");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    public async Task A_run_under_way_and_a_window_that_waits_stand_beside_each_other(int width, ColorScheme scheme)
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        front.Doors.Training.RunsAsync(default).ReturnsForAnyArgs([
            new TrainingRunView
            {
                RunId = "train-3", State = "training", Progress = 0.42, Message = "epoch 17 of 40, loss 0.23", TrainingWindows = 6_200,
                Request = new TrainingRequest { ModelName = "pump-anomaly", Recipe = "anomaly-logit", RequestedBy = "fleet-agent" },
                LossCurve = [.. Enumerable.Range(0, 17).Select(static epoch => 0.11 + (0.62 * Math.Exp(-epoch / 6.5)))],
                StartedAt = TimeProvider.System.GetUtcNow().AddMinutes(-2),
            }]);
        var question = new LabelQuestion
        {
            Id = 47, DeviceId = "pump-2", RunId = "run-1", FromUs = 1_583_750_000_000_000, ToUs = 1_583_750_039_000_000, Uncertainty = 0.9,
            Said = "normal, 54 %", Names = ["normal", "worn bearing", "leak"], AskedAt = DateTimeOffset.UnixEpoch, State = "waiting",
        };
        front.Doors.Questions.QuestionsAsync(true, 0, default).ReturnsForAnyArgs([question]);
        front.Doors.Questions.QuestionAsync(47, Arg.Any<CancellationToken>())
            .Returns(question with { Channels = ["current", "flow"], Window = [.. Enumerable.Range(0, 60).Select(static i => (float)(i % 7))] });
        front.Doors.Trust.RolesAsync(default).ReturnsForAnyArgs([
            new TrustRole("images", "root", 3, TimeProvider.System.GetUtcNow().AddDays(12.5), true,
                "root of the images repository expires in 12 days: hmas keys rotate root")]);
        var page = await OpenAsync(front, width, 900, scheme);
        await Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "Training progress" })).ToBeVisibleAsync();
        await Expect(page.Locator(".question figcaption").First).ToContainTextAsync("0 to 6.00\u00a0A");
        await Expect(page.Locator(".banner.due")).ToBeVisibleAsync();
        await page.Locator(".side").ScrollIntoViewIfNeededAsync();
        await PictureAsync(page, $"at-work-{width}-{scheme}".ToLowerInvariant());
    }

    /// <summary>A label came, so that the page asks for the alarms again.</summary>
    private static void AskAnew(FrontFixture front) => front.Hub.Get<EventBus>().Publish(
        new LabelsAdded([new OutcomeLabel { DeviceId = "pump-1", FromUs = 1, ToUs = 2, Label = "normal", Source = "operator" }]));
}

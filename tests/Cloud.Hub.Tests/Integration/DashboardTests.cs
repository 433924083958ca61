using System.Net;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Microsoft.Playwright;
using NSubstitute;
using static Microsoft.Playwright.Assertions;

namespace Cloud.Hub.Tests.Integration;

/// <summary>The page in a real browser, over a real hub whose doors show a simulated fleet.</summary>
public sealed class DashboardTests(Chromium chromium) : DashboardPage(chromium)
{
    [Fact]
    public async Task A_person_sees_the_fleet_the_loop_and_the_rollouts_evidence()
    {
        await using var front = await FrontFixture.StartAsync();
        var site = Simulate(front);
        var page = await OpenAsync(front, 1440, 1180);
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(6);
        await Expect(page.Locator(".mark")).ToHaveTextAsync("live");
        await Expect(page.Locator(".fleet")).ToContainTextAsync("5 of 6 devices online · 3 open alarms · 7,930 experiences kept");
        await Expect(page.Locator(".device-row", new() { HasText = "pump-2" }).Locator(".meta")).ToHaveTextAsync("1 alarm · pump-anomaly 1");
        await Expect(page.Locator(".station")).ToHaveCountAsync(8);
        await Expect(page.Locator(".station.done").First).ToBeVisibleAsync();
        await Expect(page.Locator(".incident")).ToContainTextAsync("a common supply is likely");
        await Expect(page.Locator(".lane.passed .evidence").First).ToContainTextAsync("control 5.4 %");
        await Expect(page.Locator(".lane.passed .evidence").First).ToContainTextAsync("shadow disagreement");
        // Nobody is silent who was not told yet.
        await Expect(page.Locator(".lane.waiting .chip.waiting")).ToHaveCountAsync(3);
        await Expect(page.Locator(".timeline").First).ToContainTextAsync("alarm rate 6.1 % against 5.4 %");
        await Expect(page.Locator(".metrics")).ToContainTextAsync("0.793");
        await Expect(page.Locator(".metrics .worse")).ToContainTextAsync("14.0 % worse");
        await page.GetByRole(AriaRole.Button, new() { Name = SimulatedSite.Alarmed }).First.ClickAsync();
        await Expect(page.Locator("#device-title")).ToContainTextAsync(SimulatedSite.Alarmed);
        await Expect(page.Locator(".channels figure")).ToHaveCountAsync(8);
        await Expect(page.Locator(".beside")).ToContainTextAsync("shaft seal");
        await Expect(page.Locator(".score canvas")).ToBeVisibleAsync();
        await PictureAsync(page, "light", fullPage: false);
        await PictureAsync(page, "light-full");
        await page.Locator(".older summary", new() { HasText = "restored" }).ClickAsync();
        await Expect(page.Locator(".older .tally p")).ToHaveTextAsync("1 restored");
        Assert.Empty(site.Answers);
    }

    [Fact]
    public async Task What_a_device_says_is_shown_as_text_whatever_it_is()
    {
        await using var front = await FrontFixture.StartAsync();
        var site = Simulate(front);
        const string Markup = "<img src=x onerror=document.title='owned'><b>bold</b>";
        site.Devices = [SampleFleet.Device("pump-1", run: Markup)];
        // The page shows the run of the newest telemetry.
        site.Step();
        front.Doors.Agents.DecisionsAsync(0, default).ReturnsForAnyArgs([new(SampleFleet.Noon, Markup, Markup, Markup)]);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".facts")).ToContainTextAsync("onerror");
        await Expect(page.Locator(".decisions")).ToContainTextAsync("<b>bold</b>");
        Assert.Equal(0, await page.Locator("img").CountAsync());
        await Expect(page).Not.ToHaveTitleAsync("owned");
    }

    [Fact]
    public async Task Trust_that_runs_out_is_told_above_everything_else()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var soon = TimeProvider.System.GetUtcNow().AddDays(12.5);
        const string Warning = "root of the images repository expires in 12 days: hmas keys rotate root";
        front.Doors.Trust.RolesAsync(default)
            .ReturnsForAnyArgs(
                [new TrustRole("images", "root", 3, soon, true, Warning), new TrustRole("director", "root", 1, soon.AddDays(200), false, null)]);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".banner.due")).ToHaveTextAsync(Warning);
        await Expect(page.Locator(".trust tr.due")).ToContainTextAsync("12 days");
        await Expect(page.Locator(".trust tbody tr")).ToHaveCountAsync(2);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    public async Task A_rollout_says_what_it_waits_for_how_its_devices_are_and_what_its_gates_could_tell(int width, ColorScheme scheme)
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var now = TimeProvider.System.GetUtcNow();
        front.Doors.Rollouts.PageAsync(default, default, default)
            .ReturnsForAnyArgs([SampleRollouts.WaitsForApproval(now), SampleRollouts.ProgramUnderWay(now)]);
        var page = await OpenAsync(front, width, 900, scheme);
        var (waiting, program) = (page.Locator($"[data-id={SampleRollouts.Waiting}]"), page.Locator($"[data-id={SampleRollouts.Program}]"));
        await Expect(waiting.Locator(".waits").First).ToContainTextAsync("Waits for a second person: anybody but ada");
        await Expect(waiting.Locator(".terms")).ToContainTextAsync("harbour is told Mon to Fri 22:00 to 02:00 the next day Europe/Berlin");
        await Expect(waiting.Locator(".terms")).ToContainTextAsync("mill is told every day 05:30 to 06:15 America/New_York, until 2026-12-18");
        await Expect(program.Locator(".terms")).ToHaveTextAsync("Approved by grace");
        await Expect(program.Locator(".tally p")).ToHaveTextAsync("5 healthy · 1 failed · 1 lost · 1 under way");
        await Expect(program.Locator(".tally rect")).ToHaveCountAsync(3);
        await Expect(program.Locator(".evidence").First).ToContainTextAsync("for 5 min 0 s without another start");
        await Expect(program.Locator(".evidence").First).ToContainTextAsync("control 1.0 %, at most 5.0 % more; would tell 19.0 % more");
        await Expect(program.Locator(".evidence").First).ToContainTextAsync("could tell nothing yet");
        await Expect(program.Locator(".lane.waiting")).ToContainTextAsync($"Waits for a person: hmas rollout trigger {SampleRollouts.Program}");
        Assert.Empty(await page.EvaluateAsync<string[]>(PaleTexts));
        Assert.Empty(await page.EvaluateAsync<string[]>(TooWide, width));
        await page.Locator(".rollouts").ScrollIntoViewIfNeededAsync();
        await PictureAsync(page, $"rollouts-{width}-{scheme}".ToLowerInvariant());
    }

    [Fact]
    public async Task An_empty_hub_says_what_to_do_first()
    {
        await using var front = await FrontFixture.StartAsync();
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".devices")).ToContainTextAsync("No device is enrolled yet");
        await Expect(page.Locator(".alarms")).ToContainTextAsync("No open alarm");
        await Expect(page.Locator(".rollouts")).ToContainTextAsync("No model has been rolled out yet");
        await PictureAsync(page, "empty");
    }

    [Fact]
    public async Task A_hub_that_goes_away_leaves_the_page_marked_stale()
    {
        var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".mark")).ToHaveTextAsync("live");
        await front.DisposeAsync();
        await Expect(page.Locator(".mark")).ToContainTextAsync("stale");
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(6);
        await PictureAsync(page, "stale", fullPage: false);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_is_readable_in_both_themes(ColorScheme scheme)
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1440, 1180, scheme);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(6);
        await page.GetByRole(AriaRole.Button, new() { Name = SimulatedSite.Alarmed }).First.ClickAsync();
        await Expect(page.Locator(".score canvas")).ToBeVisibleAsync();
        var pale = await page.EvaluateAsync<string[]>(PaleTexts);
        Assert.True(pale.Length == 0, $"contrast below 4.5: {string.Join("; ", pale)}");
        if (scheme == ColorScheme.Dark) await PictureAsync(page, "dark", fullPage: false);
        await page.Locator("button.theme").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "light" : "dark");
    }

    [Fact]
    public async Task On_a_phone_nothing_is_cut_off_and_buttons_are_large_enough()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 375, 812);
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        await Expect(page.Locator(".evidence").First).ToBeVisibleAsync();
        var wide = await page.EvaluateAsync<string[]>(TooWide, 375);
        Assert.True(wide.Length == 0, $"reaches past 375 px: {string.Join(", ", wide)}");
        var low = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('.answers button, .device-row')].filter(e => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 38).map(e => e.textContent)");
        Assert.Empty(low);
        await PictureAsync(page, "phone");
    }

    [Fact]
    public async Task The_page_is_served_to_nobody_in_particular_under_a_strict_policy()
    {
        await using var front = await FrontFixture.StartAsync();
        using var nobody = front.Hub.Http(HubServices.Front, token: "");
        using var answer = await nobody.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        using var script = await nobody.GetAsync("/assets/app.js");
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/app.js") { Headers = { { "If-None-Match", script.Headers.ETag!.Tag } } };
        using var unchanged = await nobody.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync("/assets/nothing.js")).StatusCode);
    }
}

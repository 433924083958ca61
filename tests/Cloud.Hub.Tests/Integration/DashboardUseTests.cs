using System.Text.RegularExpressions;
using Cloud.Hub.Learning.Contract;
using Microsoft.Playwright;
using NSubstitute;
using static Microsoft.Playwright.Assertions;

namespace Cloud.Hub.Tests.Integration;

/// <summary>What a person does with the page, in a real browser, and what it does meanwhile.</summary>
public sealed partial class DashboardUseTests(Chromium chromium) : DashboardPage(chromium)
{
    [Fact]
    public async Task The_score_moves_while_the_device_streams()
    {
        await using var front = await FrontFixture.StartAsync();
        var site = Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        var score = page.Locator(".plot.score");
        await Expect(score).ToHaveAttributeAsync("data-score", Number());
        var before = await score.GetAttributeAsync("data-score");
        site.Step();
        await Expect(score).Not.ToHaveAttributeAsync("data-score", before!);
    }

    [Fact]
    public async Task A_click_counts_while_the_list_is_drawn_anew()
    {
        await using var front = await FrontFixture.StartAsync();
        var site = Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        var row = page.Locator(".device-row", new() { HasText = "pump-2" });
        var score = page.Locator(".plot.score");
        await Expect(score).ToHaveAttributeAsync("data-score", Number());
        await row.HoverAsync();
        await page.Mouse.DownAsync();
        var before = await score.GetAttributeAsync("data-score");
        site.Step();
        await Expect(score).Not.ToHaveAttributeAsync("data-score", before!);
        await page.Mouse.UpAsync();
        await Expect(page.Locator("#device-title")).ToContainTextAsync("pump-2");
    }

    [Fact]
    public async Task An_alarm_is_answered_with_one_click()
    {
        await using var front = await FrontFixture.StartAsync();
        var site = Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        await page.Locator("li.alarm", new() { HasText = "pump-4" }).GetByRole(AriaRole.Button, new() { Name = "Normal", Exact = true }).ClickAsync();
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(2);
        await page.Locator("li.alarm").First.GetByText("Name the fault").ClickAsync();
        await page.Locator("li.alarm").First.GetByRole(AriaRole.Button, new() { Name = "leak" }).ClickAsync();
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(1);
        Assert.Equal([("a-1", "normal"), ("a-3", "leak")], site.Answers);
        await Expect(page).ToHaveTitleAsync("(1) HMAS");
    }

    [Fact]
    public async Task A_window_that_waits_for_a_name_is_drawn_and_named_with_one_click()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var question = new LabelQuestion
        {
            Id = 47, DeviceId = "pump-2", RunId = "run-1", FromUs = 0, ToUs = 39_000_000, Uncertainty = 0.9, Said = "normal, 54 %",
            Names = ["normal", "worn bearing"],
            AskedAt = DateTimeOffset.UnixEpoch, State = "waiting",
        };
        front.Doors.Questions.QuestionsAsync(true, 0, default).ReturnsForAnyArgs([question]);
        front.Doors.Questions.QuestionAsync(47, Arg.Any<CancellationToken>())
            .Returns(question with { Channels = ["Current", "Flow"], Window = [1, 2, 1, 5, 5, 5] });
        front.Doors.Questions.AnswerAsync(0, null, null, "", default).ReturnsForAnyArgs(LabelAnswer.Taken);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".question .window polyline")).ToHaveCountAsync(2);
        front.Doors.Questions.QuestionsAsync(true, 0, default).ReturnsForAnyArgs([]);
        await page.Locator(".question").GetByRole(AriaRole.Button, new() { Name = "worn bearing" }).ClickAsync();
        await Expect(page.Locator(".question")).ToHaveCountAsync(0);
        await front.Doors.Questions.Received(1).AnswerAsync(47, "worn bearing", null, Arg.Any<string>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_wrong_token_is_told_and_the_right_one_opens_once_and_for_the_tab()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await NewPageAsync(front, 1280, 900, ColorScheme.Light);
        await page.GotoAsync("/");
        await page.GetByLabel("Operator token").FillAsync("hmas_op_guess");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not take this token");
        await page.GetByLabel("Operator token").FillAsync(front.Hub.OperatorToken);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(6);
        await page.ReloadAsync();
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task A_token_in_the_address_is_taken_and_removed()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".device-row").First).ToBeVisibleAsync();
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_reached_by_keyboard_and_has_a_name()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(6);
        var nameless = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, input, summary, section, [role=img]')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length)).map(e => e.outerHTML.slice(0, 80))");
        Assert.Empty(nameless);
        Assert.Equal(1, await page.Locator("h1").CountAsync());
        var row = page.Locator(".device-row", new() { HasText = "pump-2" });
        await row.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#device-title")).ToContainTextAsync("pump-2");
        await Expect(page.Locator(".device-row", new() { HasText = "pump-2" })).ToBeFocusedAsync();
    }

    [GeneratedRegex("^[0-9]")]
    private static partial Regex Number();
}

using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cloud.Hub.Tests.Integration;

/// <summary>The page for people who use a keyboard, hear it, or want nothing to move.</summary>
public sealed class DashboardAccessTests(Chromium chromium) : DashboardPage(chromium)
{
    /// <summary>All rules of axe-core: WCAG 2.2 A and AA, and good practice.</summary>
    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    public async Task Axe_finds_nothing_on_a_page_at_work(int width, ColorScheme scheme)
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, width, 900, scheme);
        await Expect(page.Locator(".evidence").First).ToBeVisibleAsync();
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        await page.Locator(".device-row", new() { HasText = SimulatedSite.Alarmed }).ClickAsync();
        await Expect(page.Locator(".beside")).ToContainTextAsync("shaft seal");
        foreach (var folded in await page.Locator("details > summary").AllAsync()) await folded.ClickAsync();
        await NothingFoundAsync(page);
    }

    [Fact]
    public async Task Axe_finds_nothing_on_an_empty_page_and_before_the_door()
    {
        await using var front = await FrontFixture.StartAsync();
        var page = await NewPageAsync(front, 1280, 900, ColorScheme.Light);
        await page.GotoAsync("/");
        await Expect(page.GetByLabel("Operator token")).ToBeFocusedAsync();
        await NothingFoundAsync(page);
        await page.GetByLabel("Operator token").FillAsync(front.Hub.OperatorToken);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".devices")).ToContainTextAsync("No device is enrolled yet");
        await NothingFoundAsync(page);
    }

    [Fact]
    public async Task The_tab_key_comes_to_every_button_in_order_and_shows_where_it_is()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1440, 900);
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        await Expect(page.Locator(".older summary")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#device-title")).ToBeFocusedAsync();
        await page.Locator(".skip").FocusAsync();
        var all = await page.EvaluateAsync<int>($"() => {Buttons}.length");
        for (var i = 0; i < all; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var where = await page.EvaluateAsync<string>(Focused);
            Assert.True(where.StartsWith($"{i} ", StringComparison.Ordinal), $"after {i} buttons the focus is at {where}");
            Assert.DoesNotContain("outline none", where, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_alarm_answered_by_keyboard_leaves_the_focus_at_the_next_one()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        foreach (var (alarm, next) in new[] { ("a-2", "a-1-show"), ("a-1", null), ("a-3", null) })
        {
            await page.Locator($"[data-key={alarm}-normal]").FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator($"[data-key={alarm}-normal]")).ToHaveCountAsync(0);
            await Expect(next is null ? page.Locator("#alarms-title") : page.Locator($"[data-key={next}]")).ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task Who_hears_the_page_is_told_once_that_it_is_live()
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await NewPageAsync(front, 1280, 900, ColorScheme.Light);
        await page.AddInitScriptAsync(
            """
            window.said = [];
            addEventListener('DOMContentLoaded', () => new MutationObserver(changes => {
              for (const change of changes) {
                const live = (change.target.nodeType === 1 ? change.target : change.target.parentElement)?.closest('[role=status], [role=alert], [aria-live=polite]');
                if (live?.textContent) window.said.push(live.textContent);
              }
            }).observe(document.body, { subtree: true, childList: true, characterData: true }));
            """);
        await page.GotoAsync($"/#token={front.Hub.OperatorToken}");
        await Expect(page.Locator(".mark")).ToHaveTextAsync("live");
        await Expect(page.Locator("li.alarm")).ToHaveCountAsync(3);
        Assert.Equal("live", (await page.EvaluateAsync<string[]>("() => window.said")).Last());
        Assert.InRange((await page.EvaluateAsync<string[]>("() => window.said")).Length, 1, 2);
    }

    [Theory]
    [InlineData(ReducedMotion.Reduce, 0)]
    [InlineData(ReducedMotion.NoPreference, 1)]
    public async Task Nothing_moves_for_who_wants_nothing_to_move(ReducedMotion motion, int least)
    {
        await using var front = await FrontFixture.StartAsync();
        Simulate(front);
        var page = await OpenAsync(front, 1280, 900);
        await page.EmulateMediaAsync(new() { ReducedMotion = motion });
        await Expect(page.Locator(".station.busy").First).ToBeVisibleAsync();
        var moving = await page.EvaluateAsync<int>("() => document.getAnimations().filter(a => a.playState === 'running').length");
        Assert.Equal(least, Math.Min(moving, 1));
    }

    private static async Task NothingFoundAsync(IPage page)
    {
        var found = (await page.RunAxe()).Violations;
        Assert.True(
            found.Length == 0,
            string.Join('\n', found.Select(static rule => $"{rule.Id}: {rule.Help}: {string.Join(" | ", rule.Nodes.Select(static node => node.Html))}")));
    }

    /// <summary>What can be pressed, in document order, without what is folded away.</summary>
    private const string Buttons = "[...document.querySelectorAll('button, summary')].filter(e => e.checkVisibility())";

    /// <summary>Which of the buttons in document order has the focus, and whether a ring shows it.</summary>
    private const string Focused =
        $$"""
        () => {
          const all = {{Buttons}};
          const at = document.activeElement;
          return `${all.indexOf(at)} ${at.outerHTML.slice(0, 80)} outline ${getComputedStyle(at).outlineStyle}`;
        }
        """;
}

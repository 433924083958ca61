using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Microsoft.Playwright;

namespace Cloud.Hub.Tests.Integration;

/// <summary>Tests of the dashboard in a browser. <c>HMAS_SCREENSHOTS</c> names a folder that gets pictures.</summary>
public abstract class DashboardPage(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    /// <summary>Elements that reach past a width.</summary>
    private protected const string TooWide =
        "most => [...document.querySelectorAll('body *')].filter(e => !e.closest('.sr, .skip') && e.getBoundingClientRect().right > most + 1 && e.getBoundingClientRect().width > 0).map(e => `${e.tagName}.${e.className?.baseVal ?? e.className}`)";

    /// <summary>Texts whose contrast against what is painted behind them is below 4.5 (WCAG 2.2, 1.4.3).</summary>
    private protected const string PaleTexts =
        """
        () => {
          const parse = text => { const n = text.match(/[\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
          const luminance = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = element => { for (let e = element; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
          const said = [];
          for (const element of document.querySelectorAll('body *')) {
            const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
            if (!own || element.closest('.sr, .skip, noscript') || element.getBoundingClientRect().width === 0) continue;
            const front = luminance(parse(getComputedStyle(element).color).slice(0, 3)), back = luminance(behind(element).slice(0, 3));
            const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
            if (contrast < 4.5) said.push(`${element.className || element.tagName} '${element.textContent.trim().slice(0, 24)}' ${contrast.toFixed(2)}`);
          }
          return [...new Set(said)];
        }
        """;

    private IBrowserContext? _context;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_context is not null) await _context.CloseAsync();
    }

    private protected static SimulatedSite Simulate(FrontFixture front)
    {
        var site = new SimulatedSite(front.Doors, front.Hub.Get<EventBus>(), TimeProvider.System.GetUtcNow());
        site.TellHistory();
        return site;
    }

    private protected async Task<IPage> OpenAsync(FrontFixture front, int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await NewPageAsync(front, width, height, scheme);
        await page.GotoAsync($"/#token={front.Hub.OperatorToken}");
        return page;
    }

    /// <summary>A page that fails the test when it asks anybody but the hub, or breaks its own policy.</summary>
    private protected async Task<IPage> NewPageAsync(FrontFixture front, int width, int height, ColorScheme scheme)
    {
        _context = await chromium.OpenAsync(new BrowserNewContextOptions
        {
            BaseURL = front.Hub.Address(HubServices.Front).ToString(), ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await _context.NewPageAsync();
        var home = front.Hub.Address(HubServices.Front);
        page.Request += (_, request) => Assert.Equal(home.Authority, new Uri(request.Url).Authority);
        page.PageError += (_, error) => Assert.Fail(error);
        page.Console += (_, message) => Assert.DoesNotContain("Content Security Policy", message.Text, StringComparison.Ordinal);
        return page;
    }

    private protected static async Task PictureAsync(IPage page, string name, bool fullPage = true)
    {
        if (Environment.GetEnvironmentVariable("HMAS_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await page.EvaluateAsync("() => document.fonts.ready");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = fullPage });
    }
}

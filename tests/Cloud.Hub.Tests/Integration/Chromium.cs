using Hmas.Testing;
using Microsoft.Playwright;

namespace Cloud.Hub.Tests.Integration;

/// <summary>Debian's Chromium under Playwright; nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Path = "/usr/bin/chromium";

    /// <summary>What a page may take before a test gives up: as long as everything else may.</summary>
    private static readonly float PatienceMs = (float)Eventually.Limit.TotalMilliseconds;

    private IPlaywright? _playwright;

    private IBrowser Browser { get; set; } = null!;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Path)) throw new FileNotFoundException("The dashboard is tested in Debian's Chromium: apt-get install -y chromium", Path);
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Path, Timeout = PatienceMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>Close it in the end: its pages would look for their hub for ever.</summary>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        var context = await Browser.NewContextAsync(options);
        context.SetDefaultTimeout(PatienceMs);
        return context;
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

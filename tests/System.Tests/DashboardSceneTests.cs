using System.Text.Json;
using Cloud.Hub.Tests.Integration;
using Edge.Sensors.Simulation;
using Hmas.Testing;
using Microsoft.Playwright;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using static Microsoft.Playwright.Assertions;

namespace Hmas.System.Tests;

/// <summary>The page in a real browser before the published hub with three published agents: what a
/// person sees and does is what the fleet does and keeps.</summary>
public sealed class DashboardSceneTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Devices = 3;

    [Fact]
    public async Task A_person_signs_in_sees_the_fleet_live_follows_a_rollout_and_answers_an_alarm()
    {
        using var folder = new TempFolder();
        var options = new DemoOptions { Root = new DirectoryInfo(
            Repository.Root), WorkFolder = folder.Path, Devices = Devices, Speed = 300, PortOffset = FreePorts.HubOffset() };
        SimulatedSite.WriteRecordings(folder.File("recordings"), seed: 1);
        var recordings = RecordingSet.Read("simulated", folder.File("recordings"), Devices);
        await using var site = new DemoSite(options, TimeProvider.System);
        await site.StartHubAsync(HubSettings.Write(options, acceptanceRuns: Devices, trainingRuns: 1_000), default);
        await site.FetchTrustAsync(default);
        foreach (var device in site.Devices) await site.StartDeviceAsync(device, default);

        await using var context = await chromium.OpenAsync(
            new BrowserNewContextOptions { BaseURL = site.Front.ToString(), ViewportSize = new ViewportSize { Width = 1440, Height = 1180 },
                ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        var streams = new List<string>();
        page.WebSocket += (_, socket) => streams.Add(new Uri(socket.Url).AbsolutePath);
        page.PageError += (_, error) => Assert.Fail(error);

        // Nobody sees anything without the token.
        await page.GotoAsync("/");
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(0);
        await page.GetByLabel("Operator token").FillAsync(await site.TokenAsync(default));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".device-row")).ToHaveCountAsync(Devices);
        await Expect(page.Locator(".mark")).ToHaveTextAsync("live");

        // Machines begin to run: the first model is trained on what they live through, and rolled out while they go on.
        foreach (var (device, slice) in site.Devices.Zip(
            HealthySlices.Cut(recordings.Healthy, folder.Path, Devices))) device.Play(slice, Purposes.Acceptance);
        await Expect(page.Locator(".channels figure")).ToHaveCountAsync(8);
        Assert.Equal(["/api/v1/events"], streams);
        using var stop = new CancellationTokenSource();
        var conductor = new Conductor(site, TimeProvider.System);
        await conductor.RestAsync(static _ => { }, default);
        var playing = conductor.KeepPlayingAsync(recordings.HoldOut, stop.Token, default);
        await Expect(page.Locator(".lane.passed .evidence").First).ToContainTextAsync("of 200 at least");
        await Expect(page.Locator(".lane").First).ToContainTextAsync("committed");
        await Expect(page.Locator(".timeline").First).ToContainTextAsync("observing → passed");

        // What devices score arrives on its own: the page asks for a device's points once.
        var score = page.Locator(".plot.score");
        await Expect(score).Not.ToHaveAttributeAsync("data-score", "");
        await Expect(score).Not.ToHaveAttributeAsync("data-score", (await score.GetAttributeAsync("data-score"))!);

        // An alarm that a person answers is a label in the hub.
        var answer = page.Locator("li.alarm button[data-key$='-anomaly']").First;
        var key = (await answer.GetAttributeAsync("data-key"))!;
        var alarmId = key[..^"-anomaly".Length];
        await page.Locator($"button[data-key='{key}']").ClickAsync();
        await Expect(page.Locator($"button[data-key='{key}']")).ToHaveCountAsync(0);
        var answered = Assert.Single(await site.Api.AlarmsAsync(openOnly: false, 1_000, default), alarm => alarm.AlarmId == alarmId);
        Assert.Equal("anomaly", answered.Label);
        using var http = new HttpClient { BaseAddress = site.Front };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await site.TokenAsync(default));
        using var labels = JsonDocument.Parse(await http.GetStringAsync(new Uri($"api/v1/labels?deviceId={answered.DeviceId}", UriKind.Relative)));
        Assert.Contains(
            labels.RootElement.EnumerateArray(),
            static label => label.GetProperty("source").GetString() == "acknowledgement" && label.GetProperty("label").GetString() == "anomaly");

        await stop.CancelAsync();
        await playing;
    }
}

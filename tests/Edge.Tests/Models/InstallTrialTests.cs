using System.Diagnostics;
using Edge.Agent.Models;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Models;

/// <summary>The program that an install started, from its start to commit or return.</summary>
[Collection(Programs.Name)]
public sealed class InstallTrialTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly FakeTimeProvider _time = new();
    private UpdaterRig _rig = null!;
    private InstallFolder _installs = null!;
    private InstallHealth _health = new(0, 0, 0, HasModel: false, IsLinked: true);
    private int _restarts;

    public Task InitializeAsync()
    {
        _rig = new UpdaterRig(_folder.Path, _key);
        _installs = new InstallFolder(_folder.Path);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_healthy_window_commits_the_install()
    {
        var install = Install(1);
        var trial = NewTrial();
        trial.Start();
        var running = trial.RunAsync(CancellationToken.None);
        for (var i = 0; i < 10; i++) _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_installs.Current.Committed, "no frame has come yet");
        _health = _health with { Frames = 5 };
        await PassAsync(running);
        Assert.Equal((true, 0), (_installs.Current.Committed, _restarts));
        Assert.Equal([SlotState.Active, SlotState.Committed], _rig.Steps.Where(step => step.Digest == install.Digest).Select(step => step.State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unhealthy_install_goes_back_with_its_model_and_the_program_before_tells_why(bool linked)
    {
        _rig.Start();
        _rig.Play(60);
        var first = _rig.Offer(2);
        await _rig.PlayUntilAsync(first, SlotState.Committed);
        var model = _rig.Offer(3);
        var bundle = Install(1, File.ReadAllBytes(_rig.PathOf(model.Digest)));
        var trial = NewTrial();
        trial.Start();
        Assert.Equal((model.Digest, false), (_rig.Slots.Current.Active?.Digest, _rig.Slots.Current.Committed));

        _health = linked ? _health with { InvalidWindows = 1 } : _health with { Frames = 100, IsLinked = false };
        await PassAsync(trial.RunAsync(CancellationToken.None));
        Assert.Equal((new InstallPointer(Failed: InstallFolder.NameOf(bundle.Digest)), 1), (_installs.Current, _restarts));

        // The next start, and the one after it.
        for (var start = 0; start < 2; start++)
        {
            var next = NewTrial();
            next.Start();
            Assert.Equal(first.Digest, _rig.Slots.Current.Active?.Digest);
            await next.RunAsync(CancellationToken.None);
        }

        var returned = Assert.Single(_rig.Steps, step => step.Digest == bundle.Digest && step.State == SlotState.Returned);
        Assert.Equal("health", returned.Reason);
        Assert.Contains(linked ? "1 windows without a finite score" : "no link to the hub", returned.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_itself_commits_the_install_that_the_launcher_started()
    {
        // The agent's own build: beside the tests it would miss what the web framework brings them.
        var agent = Path.Combine(Repository.Root, "artifacts/bin/Edge.Agent/release/hmas-agent.dll");
        var install = Assignment(7);
        _installs.Stage(
            install, new Dictionary<string, byte[]> { [InstallFolder.Program] = System.Text.Encoding.UTF8.GetBytes(
                $"#!/bin/sh\nexec dotnet '{agent}' \"$@\"\n") });
        _installs.Activate(InstallFolder.NameOf(install.Digest));
        var settings = _folder.File("agent.yaml");
        await File.WriteAllTextAsync(
            settings, $"device: {{ site: north, id: p, stateFolder: '{_folder.Path}' }}\nsensor: {{ kind: pump, pump: {{ rateHz: 50 }} }}\n");

        var start = new ProcessStartInfo(
            "/bin/sh", [Path.Combine(Repository.Root, "deploy/edge/hmas-launch"), "run", "--settings", settings]) { RedirectStandardError = true };
        start.Environment["HMAS_INSTALLS"] = Path.Combine(_folder.Path, "installs");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("sh did not start");
        try
        {
            using var limit = new CancellationTokenSource(Eventually.Limit);
            string? line;
            while ((line = await process.StandardError.ReadLineAsync(limit.Token)) is not null
                && !line.Contains($"{install.Digest}: Committed", StringComparison.Ordinal))
            {
            }

            Assert.NotNull(line);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        Assert.Equal((InstallFolder.NameOf(install.Digest), true), (_installs.Current.Active, _installs.Current.Committed));
    }

    private InstallTrial NewTrial() => new(_installs, _rig.Slots, _rig.Reporter, () => _health, () => _restarts++, _time);

    private async Task PassAsync(Task running)
    {
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await running;
    }

    private ModelAssignment Install(long release, byte[]? model = null)
    {
        var assignment = Assignment(release);
        var files = new Dictionary<string, byte[]> { [InstallFolder.Rules] = "version: 1\n"u8.ToArray() };
        if (model is not null) files[InstallFolder.Model] = model;
        _installs.Stage(assignment, files);
        _installs.Activate(InstallFolder.NameOf(assignment.Digest));
        return assignment;
    }

    private static ModelAssignment Assignment(long release) => new()
    {
        Kind = ArtefactKind.Bundle, Digest = $"sha256:{release:x64}", Name = "set", Release = release, PackageBytes = 1, Url = "x", HealthWindows = 5,
    };
}

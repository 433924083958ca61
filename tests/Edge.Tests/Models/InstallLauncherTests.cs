using System.Diagnostics;
using System.Text;
using Edge.Agent.Models;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Hmas.Testing;
using Xunit.Abstractions;

namespace Edge.Tests.Models;

/// <summary>The launcher of <c>deploy/edge</c> and the agent's side of installs on one disk. The
/// programs are scripts that say who they are.</summary>
[Collection(Programs.Name)]
public sealed class InstallLauncherTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_an_install_the_program_beside_the_launcher_runs_with_its_arguments()
    {
        Assert.Equal("base run --settings x", await LaunchAsync(_folder.Path, "run", "--settings", "x"));
    }

    [Fact]
    public async Task An_install_on_trial_runs_and_after_three_starts_without_a_commit_the_one_before_is_back()
    {
        var installs = new InstallFolder(_folder.Path);
        Install(installs, 1);
        installs.Commit();
        Install(installs, 2);
        for (var start = 1; start <= 3; start++)
        {
            Assert.Equal("release 2", await LaunchAsync(_folder.Path));
            Assert.Equal((start, false), (installs.Current.Starts, installs.Current.Committed));
        }

        Assert.Equal("release 1", await LaunchAsync(_folder.Path));
        Assert.Equal(new InstallPointer(NameOf(1), Failed: NameOf(2)), installs.Current);
        Assert.True(installs.IsUntold(NameOf(2)), "nobody has told of the return yet");
        installs.MarkTold(NameOf(2));
        Assert.False(installs.IsUntold(NameOf(2)), "it is told once");
    }

    [Fact]
    public async Task A_committed_install_may_start_as_often_as_it_likes()
    {
        var installs = new InstallFolder(_folder.Path);
        Install(installs, 1);
        installs.Commit();
        for (var i = 0; i < 5; i++) Assert.Equal("release 1", await LaunchAsync(_folder.Path));
    }

    [Fact]
    public async Task A_program_that_cannot_even_be_executed_is_left_after_three_starts()
    {
        var installs = new InstallFolder(_folder.Path);
        installs.Stage(Assignment(2), new Dictionary<string, byte[]> { [InstallFolder.Program] = [0x7f, (byte)'E', (byte)'L', (byte)'F', 0] });
        installs.Activate(NameOf(2));
        for (var start = 1; start <= 3; start++) Assert.NotEqual("base", await LaunchAsync(_folder.Path, requireSuccess: false));
        Assert.Equal("base", await LaunchAsync(_folder.Path));
    }

    [Fact]
    public void An_install_takes_over_what_it_does_not_bring()
    {
        var installs = new InstallFolder(_folder.Path);
        Install(installs, 1);
        installs.Commit();
        installs.Stage(
            Assignment(2) with { Kind = ArtefactKind.Rules }, new Dictionary<string, byte[]> { [InstallFolder.Rules] = "version: 1"u8.ToArray() });
        Assert.Equal(Script(1), File.ReadAllBytes(Path.Combine(installs.PathOf(NameOf(2)), InstallFolder.Program)));
        Assert.Equal("version: 1", File.ReadAllText(Path.Combine(installs.PathOf(NameOf(2)), InstallFolder.Rules)));
    }

    /// <summary>Stage, activate, start, commit or return, start: the power fails anywhere in it.</summary>
    [FactWithPowerCuts]
    public async Task After_a_power_cut_a_whole_program_starts_and_the_next_install_works()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var disk = new CuttableDisk();
        var answering = 0L;
        var counts = new SortedDictionary<string, int>();
        for (var i = 1L; i <= 40; i += 2)
        {
            var cutting = CutAsync(disk, random.Next(60_000));
            try
            {
                var installs = new InstallFolder(disk.Path);
                Install(installs, i);
                await LaunchAsync(disk.Path, requireSuccess: false);
                if (random.Next(2) == 0) installs.Commit();
                else installs.Return("not well");
                await LaunchAsync(disk.Path, requireSuccess: false);
            }
            catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
            {
                // The power failed.
            }

            await cutting;
            disk.Restore();
            var said = await LaunchAsync(disk.Path);
            Assert.True(
                said == Said(answering) || said == Said(i), $"seed {seed}, install {i}: '{said}' runs, expected '{Said(answering)}' or '{Said(i)}'");
            var outcome = said == Said(i) ? "new" : "old";
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;

            var next = new InstallFolder(disk.Path);
            Install(next, i + 1);
            Assert.Equal(Said(i + 1), await LaunchAsync(disk.Path));
            next.Commit();
            answering = i + 1;
        }

        output.WriteLine(string.Join(", ", counts.Select(count => $"{count.Value} times the {count.Key} program")));
    }

    private static Task CutAsync(CuttableDisk disk, int afterUs) => Task.Run(() =>
    {
        for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from).TotalMicroseconds < afterUs;) Thread.SpinWait(100);
        disk.Cut();
    });

    private static string Said(long release) => release == 0 ? "base" : $"release {release}";

    private static void Install(InstallFolder installs, long release)
    {
        installs.Stage(Assignment(release), new Dictionary<string, byte[]> { [InstallFolder.Program] = Script(release) });
        installs.Activate(NameOf(release));
    }

    private static byte[] Script(long release) => Encoding.UTF8.GetBytes($"#!/bin/sh\necho release {release}\n");

    private static string NameOf(long release) => InstallFolder.NameOf(Assignment(release).Digest);

    private static ModelAssignment Assignment(long release) =>
        new() { Kind = ArtefactKind.Agent, Digest = $"sha256:{release:x64}", Name = "agent", Release = release, PackageBytes = 1, Url = "x" };

    /// <summary>What the program that was started said, and its arguments where it is the base.</summary>
    private async Task<string> LaunchAsync(string state, params string[] arguments) => await LaunchAsync(state, true, arguments);

    private async Task<string> LaunchAsync(string state, bool requireSuccess, params string[] arguments)
    {
        var folder = Directory.CreateDirectory(_folder.File("opt")).FullName;
        var launcher = Path.Combine(folder, "hmas-launch");
        if (!File.Exists(launcher))
        {
            File.Copy(Path.Combine(Repository.Root, "deploy/edge/hmas-launch"), launcher);
            await File.WriteAllTextAsync(Path.Combine(folder, "hmas-agent"), "#!/bin/sh\necho base \"$@\"\n");
            File.SetUnixFileMode(Path.Combine(folder, "hmas-agent"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo("/bin/sh", [launcher, .. arguments]);
        start.Environment["HMAS_INSTALLS"] = Path.Combine(state, "installs");
        var end = await Tool.TryAsync(start);
        Assert.True(!requireSuccess || end.Code == 0, $"the launcher ended with {end.Code}: {end.Error}");
        return end.Output.Trim();
    }
}

using Edge.Agent.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Models;

/// <summary>What the slots remember on a disk that forgets.</summary>
public sealed class ModelSlotsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("record.a", false)]
    [InlineData("record.b", false)]
    [InlineData("record.a", true)]
    [InlineData("record.b", true)]
    public void The_release_counters_survive_either_copy_that_rots(string file, bool isCommitted)
    {
        Fill(isCommitted);
        File.WriteAllText(_folder.File(file), "{ rotten");
        var slots = Open();
        Assert.Equal(7, slots.Releases["pump"]);
        Assert.InRange(slots.Current.Active!.Release, 6, 7);
        // And the next updates mend what was damaged.
        Activate(slots, 'c', 8);
        slots.Commit();
        Activate(slots, 'd', 9);
        slots.Commit();
        File.Delete(_folder.File("record.a"));
        Assert.InRange(Open().Releases["pump"], 8, 9);
    }

    [Fact]
    public void The_counters_do_not_fall_when_the_slots_go_back_or_are_emptied()
    {
        Fill(isCommitted: false);
        var slots = Open();
        slots.Return("health");
        slots.Empty();
        Assert.Equal(7, Open().Releases["pump"]);
    }

    [Fact]
    public void Packages_outlive_a_record_that_cannot_be_read()
    {
        Fill(isCommitted: true);
        foreach (var file in (string[])["record.a", "record.b"]) File.WriteAllText(_folder.File(file), "");
        var slots = Open();
        Assert.Null(slots.Current.Active);
        Assert.NotNull(slots.Read(Digest('b'), 100_000));
        Assert.True(File.Exists(_folder.File("record.a.unreadable")));
    }

    [Fact]
    public void The_counters_are_known_by_the_packages_when_both_copies_rot()
    {
        Fill(isCommitted: true);
        foreach (var file in (string[])["record.a", "record.b"]) File.WriteAllText(_folder.File(file), "");
        Assert.Equal(7, Open().Releases["pump"]);
    }

    /// <summary>What a power cut leaves, whatever it does to the other copy.</summary>
    [Fact]
    public void The_copy_of_the_last_commit_is_left_alone_until_the_next_commit()
    {
        var slots = Open();
        Activate(slots, 'a', 6);
        slots.Commit();
        var committed = File.ReadAllBytes(_folder.File("record.a"));
        Activate(slots, 'b', 7);
        Assert.Equal(committed, File.ReadAllBytes(_folder.File("record.a")));
        slots.Commit();
        Assert.Equal(committed, File.ReadAllBytes(_folder.File("record.a")));
        File.Delete(_folder.File("record.a"));
        Assert.Equal((7, true), (Open().Current.Active!.Release, Open().Current.Committed));
    }

    [Fact]
    public void An_attempt_that_was_broken_off_does_not_count()
    {
        var slots = Open();
        Assert.Equal(0, Stage(slots, 'a', 1));
        Assert.Equal(1, Stage(slots, 'a', 1));
        slots.BreakOff();
        Assert.Equal(1, Stage(Open(), 'a', 1));
        Assert.Equal(0, Stage(Open(), 'b', 1));
    }

    [Fact]
    public void A_whole_package_that_no_slot_knows_at_a_start_was_an_attempt()
    {
        var slots = Open();
        Activate(slots, 'a', 6);
        slots.Commit();
        var (digest, package) = Package(7);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Assert.Equal(attempt, TryUntilTheMachineGoesDown(digest, package));
            Assert.All(Directory.EnumerateFiles(_folder.File("models")), static path => Assert.Equal(0, new FileInfo(path).Length));
            // A start without an attempt counts nothing.
            Assert.Equal(attempt + 1, Open().Current.Interrupted!.Times);
        }

        slots = Open();
        Assert.Equal(3, Stage(slots, digest, 7));
        Assert.Equal(0, Stage(slots, Digest('c'), 8));
        slots.Activate();
        slots.Commit();
        Assert.Equal(0, Stage(Open(), digest, 9));
    }

    [Fact]
    public void A_package_that_a_power_cut_tore_is_no_attempt()
    {
        Open().Keep(Package(7).Digest, Package(7).Bytes);
        using (var file = File.OpenWrite(_folder.File("models/package.1"))) file.SetLength(file.Length - 1);
        Assert.Null(Open().Current.Interrupted);
    }

    [Fact]
    public void Attempts_with_a_large_package_outlive_a_power_cut_in_the_record()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var slots = Open();
            Assert.Equal(attempt, Stage(slots, Digest('b'), 7, 10_000_000));
            var synced = Copies();
            slots.Activate();
            CutPower(synced);
        }
    }

    /// <summary>A way to a swap, of which a machine that goes down keeps what was synced: the package, and the record of the last commit.</summary>
    private int TryUntilTheMachineGoesDown(string digest, byte[] package)
    {
        var slots = Open();
        var synced = Copies();
        slots.Keep(digest, package);
        var died = Stage(slots, digest, 7);
        slots.Activate();
        CutPower(synced);
        Assert.Equal(6, Open().Current.Active?.Release);
        return died;
    }

    private Dictionary<string, byte[]?> Copies() => new[] { _folder.File("record.a"), _folder.File("record.b") }.ToDictionary(
        static path => path, static path => File.Exists(path) ? File.ReadAllBytes(path) : null);

    private static void CutPower(Dictionary<string, byte[]?> synced)
    {
        foreach (var (path, content) in synced)
        {
            if (content is null) File.Delete(path);
            else File.WriteAllBytes(path, content);
        }
    }

    private (string Digest, byte[] Bytes) Package(long release)
    {
        var onnx = FixturePackage.Onnx("half");
        return FixturePackage.Write(_key, FixturePackage.Manifest(release, onnx) with { Name = "pump" }, onnx);
    }

    private void Fill(bool isCommitted)
    {
        var slots = Open();
        Activate(slots, 'a', 6);
        slots.Commit();
        slots.Keep(Digest('b'), Package(7).Bytes);
        Activate(slots, 'b', 7);
        if (isCommitted) slots.Commit();
    }

    private ModelSlots Open() => new(DeviceRecord.Open(_folder.Path, NullLogger.Instance), NullLogger.Instance);

    private static void Activate(ModelSlots slots, char name, long release)
    {
        Stage(slots, name, release);
        slots.Activate();
    }

    private static int Stage(ModelSlots slots, char name, long release) => Stage(slots, Digest(name), release);

    private static int Stage(ModelSlots slots, string digest, long release, long packageBytes = 1) => slots.Stage(
        new SlotEntry(digest, "pump", release),
        new ModelAssignment { Digest = digest, Name = "pump", Release = release, PackageBytes = packageBytes, Url = "x" });

    private static string Digest(char digit) => $"sha256:{new string(digit, 64)}";
}

using Edge.Agent.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Models;

/// <summary>Which files packages lie in, and what is left of them when a write ends in the middle.</summary>
public sealed class PackageFilesTests : IDisposable
{
    private const int BlockBytes = 4096;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(17_383)]
    [InlineData(PackedFiles.MaxPackageBytes)]
    [InlineData(PackedFiles.MaxPackageBytes + 1)]
    public void A_package_is_read_as_it_was_kept_whether_it_can_be_compressed_or_not(int bytes)
    {
        foreach (var package in (byte[][])[new byte[bytes], Bytes(1, bytes)])
        {
            var slots = Open();
            slots.Keep(Digest('a'), package);
            Stage(slots, 'a');
            slots = Open();
            Assert.Equal(package, slots.Read(Digest('a'), bytes));
            Assert.Null(slots.Read(Digest('a'), bytes - 1));
            slots.Empty();
        }
    }

    [Fact]
    public void A_swap_writes_over_the_file_of_a_package_that_no_slot_names_and_makes_none()
    {
        Swap(Open(), 'a');
        var files = Files();
        Assert.Equal(3, files.Count);
        Assert.All(files, static path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
        foreach (var name in "bcdef0")
        {
            var slots = Open();
            var before = slots.Current.Active!.Digest;
            Swap(slots, name);
            Assert.Equal(files, Files());
            Assert.Equal(Package(name), slots.Read(Digest(name), 100_000));
            Assert.NotNull(slots.Read(before, 100_000));
        }
    }

    [Fact]
    public void What_a_power_cut_would_go_back_to_is_left_alone()
    {
        var slots = Open();
        Swap(slots, 'a');
        Swap(slots, 'b');
        // None of these is synced: the record of the last commit names a and b.
        foreach (var name in "cde")
        {
            slots.Keep(Digest(name), Package(name));
            Stage(slots, name);
            slots.Activate();
            Assert.All("ab" + name, kept => Assert.Equal(Package(kept), slots.Packages.Read(Digest(kept), 100_000)));
        }

        slots.Commit();
        // Active, previous, and one to be written over.
        Assert.Equal(3, Files().Count);
    }

    /// <summary>The kernel writes blocks in any order: some are new, the others of the package before.</summary>
    [Fact]
    public void A_write_that_a_power_cut_ended_is_never_taken_for_a_package_and_no_slot_loses_one()
    {
        foreach (var name in "abc") Swap(Open(), name);
        var before = Files().ToDictionary(static path => path, File.ReadAllBytes);
        var slots = Open();
        slots.Keep(Digest('d'), Package('d'));
        var written = Assert.Single(Files(), path => !File.ReadAllBytes(path).SequenceEqual(before[path]));
        var (old, whole) = (before[written], File.ReadAllBytes(written));
        var blocks = (whole.Length + BlockBytes - 1) / BlockBytes;
        Assert.Equal(3, blocks);
        for (var set = 0; set < (1 << blocks) - 1; set++)
        {
            var torn = whole.Select((value, i) => (set >> (i / BlockBytes) & 1) == 1 ? value : old[i]).ToArray();
            File.WriteAllBytes(written, torn);
            slots = Open();
            Assert.Null(slots.Current.Interrupted);
            Assert.Null(slots.Packages.Read(Digest('d'), 100_000));
            Assert.Equal(Package('c'), slots.Read(Digest('c'), 100_000));
            Assert.Equal(Package('b'), slots.Read(Digest('b'), 100_000));
            // And the next one takes its place.
            if (set % 3 > 0) continue;
            slots.Keep(Digest('e'), Package('e'));
            Assert.Equal(before.Keys.Order(), Files().Order());
        }
    }

    [Fact]
    public void A_model_that_was_refused_leaves_no_package()
    {
        var slots = Open();
        Swap(slots, 'a');
        slots.Keep(Digest('b'), Package('b'));
        Stage(slots, 'b');
        slots.Refuse(Assignment('b'), "probe");
        Assert.Null(slots.Packages.Read(Digest('b'), 100_000));
        Assert.Single(Files(), static path => new FileInfo(path).Length > 0);
    }

    [Fact]
    public void A_package_that_no_slot_names_is_not_taken_from_the_disk()
    {
        foreach (var name in "abc") Swap(Open(), name);
        var slots = Open();
        Assert.NotNull(slots.Packages.Read(Digest('a'), 100_000));
        Assert.Null(slots.Read(Digest('a'), 100_000));
    }

    [Fact]
    public void The_file_of_an_older_agent_is_read_until_no_slot_names_it()
    {
        var slots = Open();
        Stage(slots, 'a');
        slots.Activate();
        slots.Commit();
        var older = _folder.File($"models/{new string('a', 64)}.hmas");
        File.WriteAllBytes(older, Package('a'));
        slots = Open();
        Assert.Equal(Package('a'), slots.Read(Digest('a'), 100_000));
        Swap(slots, 'b');
        Assert.True(File.Exists(older));
        Swap(slots, 'c');
        Assert.False(File.Exists(older));
    }

    /// <summary>An older agent may have left the beginning of a package that comes anew, in memory.</summary>
    [Fact]
    public void A_part_of_an_older_agent_is_not_taken_for_the_package()
    {
        var slots = Open();
        File.WriteAllBytes(_folder.File($"models/{new string('a', 64)}.part"), Package('a')[..100]);
        slots.KeepDownload(Digest('a'), Package('a'));
        Assert.Equal(Package('a'), slots.Packages.Read(Digest('a'), 100_000));
    }

    private static void Swap(ModelSlots slots, char name)
    {
        slots.Keep(Digest(name), Package(name));
        Stage(slots, name);
        slots.Activate();
        slots.Commit();
    }

    private static void Stage(ModelSlots slots, char name) => slots.Stage(new SlotEntry(Digest(name), "pump", name), Assignment(name));

    private static ModelAssignment Assignment(char name) =>
        new() { Digest = Digest(name), Name = "pump", Release = name, PackageBytes = Package(name).Length, Url = "x" };

    private static string Digest(char digit) => $"sha256:{new string(digit, 64)}";

    private static byte[] Package(char name) => Bytes(name, 10_000);

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private List<string> Files() => [.. Directory.EnumerateFiles(_folder.File("models")).Order()];

    private ModelSlots Open() => new(DeviceRecord.Open(_folder.Path, NullLogger.Instance), NullLogger.Instance);
}

using Edge.Agent.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Models;

/// <summary>What the slots remember on a disk that forgets.</summary>
public sealed class ModelSlotsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("models/slots.json")]
    [InlineData("trust/releases.a")]
    [InlineData("trust/releases.b")]
    public void The_release_counters_survive_any_one_file_that_rots(string file)
    {
        Fill();
        File.WriteAllText(_folder.File(file), "{ rotten");
        var slots = Open();
        Assert.Equal(7, slots.Releases["pump"]);
        // And the next change mends what was damaged.
        Activate(slots, 'c', 8);
        File.Delete(_folder.File("trust/releases.a"));
        Assert.Equal(8, Open().Releases["pump"]);
    }

    [Fact]
    public void The_counters_do_not_fall_when_the_slots_go_back_or_are_emptied()
    {
        Fill();
        var slots = Open();
        slots.Return("health");
        slots.Empty();
        Assert.Equal(7, Open().Releases["pump"]);
    }

    [Fact]
    public void The_counters_of_an_older_agent_are_taken_over_from_its_slots_file()
    {
        Directory.CreateDirectory(_folder.File("models"));
        File.WriteAllText(_folder.File("models/slots.json"), """{ "formatVersion": 1, "releases": { "pump": 12 } }""");
        Assert.Equal(12, Open().Releases["pump"]);
        File.Delete(_folder.File("models/slots.json"));
        Assert.Equal(12, Open().Releases["pump"]);
    }

    [Fact]
    public void Packages_outlive_a_slots_file_that_cannot_be_read()
    {
        Fill();
        File.WriteAllText(_folder.File("models/slots.json"), "");
        Assert.NotNull(Open().Packages.Read(Digest('b'), 100));
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

    private void Fill()
    {
        var slots = Open();
        Activate(slots, 'a', 6);
        slots.Commit();
        slots.Packages.Write(Digest('b'), [1, 2, 3]);
        Activate(slots, 'b', 7);
    }

    private ModelSlots Open() => ModelSlots.Open(_folder.Path, NullLogger.Instance);

    private static void Activate(ModelSlots slots, char name, long release)
    {
        Stage(slots, name, release);
        slots.Activate();
    }

    private static int Stage(ModelSlots slots, char name, long release) => slots.Stage(
        new SlotEntry(Digest(name), "pump", release),
        new ModelAssignment { Digest = Digest(name), Name = "pump", Release = release, PackageBytes = 1, Url = "x" });

    private static string Digest(char digit) => $"sha256:{new string(digit, 64)}";
}

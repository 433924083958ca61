using Edge.Agent.Models;
using Hmas.Storage;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Models;

/// <summary>A device whose agent before kept slots, counters and desired state in files of their own. The texts
/// are as that agent wrote them.</summary>
public sealed class OlderFilesTests : IDisposable
{
    private const string Active = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Standby = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private readonly TempFolder _folder = new();

    public OlderFilesTests()
    {
        Directory.CreateDirectory(_folder.File("models"));
        Directory.CreateDirectory(_folder.File("trust"));
        File.WriteAllText(_folder.File("models/slots.json"), $$"""
            {
              "formatVersion": 1,
              "active": { "digest": "{{Active}}", "name": "pump", "release": 6, "assigned": true },
              "committed": true,
              "standby": { "digest": "{{Standby}}", "name": "pump", "release": 7, "assigned": true },
              "assignment": { "digest": "{{Standby}}", "name": "pump", "release": 7, "packageBytes": 3, "url": "x", "healthWindows": 50 },
              "attempts": 2,
              "uncommittedStarts": 0
            }
            """);
        foreach (var copy in (string[])["trust/releases.a", "trust/releases.b"])
            File.WriteAllBytes(_folder.File(copy), CheckedPayload.Seal("""{ "pump": 6, "rules/limits": 3 }"""u8));
        File.WriteAllText(_folder.File("desired.json"), """{"version":9,"model":null,"samplingBoost":4}""");
        File.WriteAllBytes(_folder.File("models/" + Active[7..] + ".hmas"), [1, 2, 3]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_of_it_is_taken_over_at_the_first_start_and_outlives_either_file_of_the_record()
    {
        Open();
        foreach (var file in (string[])["models/slots.json", "trust/releases.a", "trust/releases.b", "desired.json", "record.a"])
            File.Delete(_folder.File(file));
        var (record, slots) = Open();
        Assert.Equal((Active, Standby, 2), (slots.Current.Active?.Digest, slots.Current.Standby?.Digest, slots.Current.Attempts));
        Assert.True(slots.Current.Committed);
        Assert.Equal([("pump", 6L), ("rules/limits", 3L)], slots.Releases.Select(static pair => (pair.Key, pair.Value)).Order());
        Assert.Equal((9, 4.0), (record.Current.Desired?.Version, record.Current.Desired?.SamplingBoost));
        Assert.NotNull(slots.Packages.Read(Active, 100));
    }

    [Fact]
    public void They_stay_for_an_agent_that_goes_back_until_a_model_is_proven_and_change_nothing_meanwhile()
    {
        var (_, slots) = Open();
        slots.Activate();
        slots = Open().Slots;
        Assert.Equal(Standby, slots.Current.Active?.Digest);
        Assert.True(File.Exists(_folder.File("models/slots.json")));
        slots.Commit();
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            static name => name is "slots.json" or "releases.a" or "releases.b" or "desired.json");
        Assert.Equal(7, Open().Slots.Releases["pump"]);
    }

    [Fact]
    public void Counters_that_an_older_agent_raised_after_a_way_back_count()
    {
        Open();
        File.WriteAllBytes(_folder.File("trust/releases.b"), CheckedPayload.Seal("""{ "pump": 11 }"""u8));
        File.WriteAllText(_folder.File("trust/releases.a"), "rotten");
        Assert.Equal(11, Open().Slots.Releases["pump"]);
    }

    [Fact]
    public void The_oldest_agents_kept_the_counters_in_the_slots_file()
    {
        foreach (var copy in (string[])["trust/releases.a", "trust/releases.b"]) File.Delete(_folder.File(copy));
        File.WriteAllText(_folder.File("models/slots.json"), """{ "formatVersion": 1, "releases": { "pump": 12 } }""");
        Assert.Equal(12, Open().Slots.Releases["pump"]);
    }

    [Fact]
    public void A_file_that_cannot_be_read_costs_what_it_held_and_no_more()
    {
        File.WriteAllText(_folder.File("models/slots.json"), "{ rotten");
        var (record, slots) = Open();
        Assert.Null(slots.Current.Active);
        Assert.Equal((6, 9), (slots.Releases["pump"], record.Current.Desired?.Version));
        Assert.NotNull(slots.Packages.Read(Active, 100));
    }

    private (DeviceRecord Record, ModelSlots Slots) Open()
    {
        var record = DeviceRecord.Open(_folder.Path, NullLogger.Instance);
        return (record, new ModelSlots(record, NullLogger.Instance));
    }
}

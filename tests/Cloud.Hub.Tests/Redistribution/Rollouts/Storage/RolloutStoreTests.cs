using System.Text.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Grains;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Storage;

public sealed class RolloutStoreTests
{
    private const string Old = "sha256:old";

    /// <summary>Seeded: any mixture of devices that are told, let go, taken hold of, and that say something, reads as it was written.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_changed_in_any_mixture_reads_as_it_was_written(int seed)
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        var devices = Enumerable.Range(0, 200).Select(i => Device(i) with { PreviousDigest = i % 7 == 0 ? null : Old, AnsweringDigest = i % 7 == 0
            ? null : Old }).ToArray();
        await using var tables = Open(folder);
        var store = new RolloutStore(tables);
        var stored = await store.BeginAsync(State("r1", devices), default);
        Same(devices, store.Find("r1")!);
        for (var write = 0; write < 20; write++)
        {
            var (from, length, what) = (random.Next(devices.Length), random.Next(1, 80), random.Next(5));
            devices = [.. devices.Select((device, i) => i < from || i >= from + length || random.Next(10) == 0 ? device : what switch
            {
                0 => device with { Told = true },
                1 => device with { Held = !device.Held },
                2 => device with { Told = true, Held = false },
                3 => device with { State = SlotState.Committed, Sum = new EvidenceSum { Windows = random.Next(100) } },
                _ => device with { Told = !device.Told, PreviousDigest = "sha256:other" },
            })];
            if (write == 10) devices = [.. devices, Device(devices.Length)];
            stored = await store.SaveAsync(stored, stored.State with { Devices = devices }, default);
            Same(devices, store.Find("r1")!);
        }
    }

    [Fact]
    public async Task A_device_is_held_by_one_rollout_at_a_time_and_a_refused_write_leaves_nothing()
    {
        using var folder = new TempFolder();
        await using var tables = Open(folder);
        var store = new RolloutStore(tables);
        var first = await store.BeginAsync(State("r1", [Device(1), Device(2)]), default);
        var second = await store.BeginAsync(State("r2", [Device(0) with { Held = true }, Device(1) with { Held = false }]), default);
        var wants = second.State with { Devices = [.. second.State.Devices.Select(static device => device with { Held = true })] };
        var taken = await Assert.ThrowsAsync<DevicesTakenException>(() => store.SaveAsync(second, wants, default));
        Assert.Equal(new DeviceClaim("d1", "r1", 50), Assert.Single(taken.Taken));
        await Assert.ThrowsAsync<DevicesTakenException>(() => store.BeginAsync(State("r3", [Device(2)]), default));
        Assert.Null(store.Find("r3"));
        await store.SaveAsync(
            first, first.State with { Devices = [.. first.State.Devices.Select(static device => device with { Held = false })] }, default);
        Same(wants.Devices, await store.SaveAsync(second, wants, default));
    }

    [Fact]
    public async Task A_file_of_the_first_schema_opens_with_everything_that_stood_in_it()
    {
        using var folder = new TempFolder();
        DeviceState[] devices =
        [
            Device(0) with { Told = true }, Device(1) with { PreviousDigest = null, AnsweringDigest = null },
            Device(2) with { Told = true, State = SlotState.Returned, Reason = "health: bad", Sum = new EvidenceSum { Windows = 40, Alarms = 3 } },
            Device(3) with { Group = DeviceState.Control, Held = false },
        ];
        var paths = new HubPaths(folder.Path);
        await using (var old = new SqliteConnection($"Data Source={paths.Database("rollouts")};Pooling=False"))
        {
            await old.OpenAsync();
            await using var command = old.CreateCommand();
            command.CommandText = """
                CREATE TABLE rollouts (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, is_open INTEGER NOT NULL, document BLOB NOT NULL);
                CREATE INDEX rollouts_open ON rollouts (number) WHERE is_open = 1;
                CREATE TABLE rollout_transitions (rollout INTEGER NOT NULL, position INTEGER NOT NULL, document BLOB NOT NULL, PRIMARY KEY (rollout, position)) WITHOUT ROWID;
                CREATE TABLE rollout_devices (rollout INTEGER NOT NULL, position INTEGER NOT NULL, device TEXT NOT NULL, is_held INTEGER NOT NULL, document BLOB NOT NULL, PRIMARY KEY (rollout, position)) WITHOUT ROWID;
                CREATE UNIQUE INDEX rollout_devices_held ON rollout_devices (device) WHERE is_held = 1;
                PRAGMA user_version = 1;
                """;
            await command.ExecuteNonQueryAsync();
            command.CommandText = "INSERT INTO rollouts VALUES (1, 'r1', 7, 1, $document)";
            command.Parameters.AddWithValue("$document", Json(State("r1", devices) with { Devices = [], Transitions = [] }));
            await command.ExecuteNonQueryAsync();
            command.CommandText = "INSERT INTO rollout_devices VALUES (1, $position, $device, $held, $document)";
            for (var i = 0; i < devices.Length; i++)
            {
                command.Parameters.Clear();
                command.Parameters.AddWithValue("$position", i);
                command.Parameters.AddWithValue("$device", devices[i].DeviceId);
                command.Parameters.AddWithValue("$held", devices[i].Held);
                command.Parameters.AddWithValue("$document", Json(devices[i]));
                await command.ExecuteNonQueryAsync();
            }
        }

        await using var tables = Open(folder);
        var store = new RolloutStore(tables);
        var found = store.Find("r1")!;
        Same(devices, found);
        DeviceState[] next = [.. devices.Select(static device => device with { Told = true, Held = false })];
        await store.SaveAsync(found, found.State with { Devices = next }, default);
        Same(next, store.Find("r1")!);
    }

    private static DeviceState Device(int i) => new() { DeviceId = $"d{i}", Group = 0, PreviousDigest = Old, AnsweringDigest = Old, Held = true };

    private static RolloutState State(string id, IReadOnlyList<DeviceState> devices) => new()
    {
        RolloutId = id, State = RolloutState.Running, StartedAt = DateTimeOffset.UnixEpoch, Devices = devices,
        Request = new RolloutRequest { Digest = "sha256:new", RequestedBy = "test", Reason = "because" },
        Groups = [new GroupState { Name = "all", State = GroupState.Waiting }],
    };

    private static RolloutTables Open(TempFolder folder) => new(new HubPaths(folder.Path), NullLogger<RolloutTables>.Instance);

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, GrainJson.Options);

    private static void Same(IReadOnlyList<DeviceState> expected, StoredRollout found) => Assert.Equal(expected, found.State.Devices);
}

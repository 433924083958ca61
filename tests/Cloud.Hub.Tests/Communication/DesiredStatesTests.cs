using Cloud.Hub.Communication.Devices;
using Cloud.Hub.Host;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Communication;

public sealed class DesiredStatesTests : IDisposable
{
    private static readonly ModelAssignment Model = new() { Digest = "sha256:aa", Name = "pump", Release = 1, PackageBytes = 10,
        Url = "/artefacts/sha256:aa" };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_wanted_of_many_devices_is_there_after_the_hub_opens_the_file_again()
    {
        await using (var states = Open())
        {
            await states.ChangeAsync(
                [.. Enumerable.Range(0, 1_000).Select(static i => new DesiredChange($"d{i}", i, static desired => desired with { Model = Model }))],
                default);
            await states.ChangeAsync([new DesiredChange("d3", 0, static desired => desired with { SamplingBoost = 2 })], default);
        }

        await using var again = Open();
        Assert.Equal(new DesiredState { Version = 1_000, Model = Model }, again.Find("d999"));
        Assert.Equal(new DesiredState { Version = 5, Model = Model, SamplingBoost = 2 }, again.Find("d3"));
        Assert.Null(again.Find("d1000"));
    }

    [Fact]
    public async Task Changes_that_come_at_the_same_time_are_all_kept_and_each_is_a_version()
    {
        await using var states = Open();
        await Task.WhenAll(
            Enumerable.Range(0, 200)
                .Select(i => states.ChangeAsync(
                    [new DesiredChange("d", 0, desired => i % 2 == 0 ? desired with { Model = Model } : desired with { SamplingBoost = 3 })],
                    default)));
        Assert.Equal(new DesiredState { Version = 200, Model = Model, SamplingBoost = 3 }, states.Find("d"));
    }

    [Fact]
    public async Task What_devices_share_stands_on_disk_once_and_goes_when_nobody_wants_it()
    {
        await using var states = Open();
        var devices = Enumerable.Range(0, 100).Select(static i => $"d{i}").ToArray();
        await states.ChangeAsync(
            [.. devices.Select(static id => new DesiredChange(id, 0, static desired => desired with { Model = Model }))], default);
        await states.ChangeAsync(
            [.. devices.Select(static id => new DesiredChange(id, 0, static desired => desired with { Model = null }))], default);
        Assert.Equal(2, Contents());
        await states.DropUnusedAsync(default);
        Assert.Equal(1, Contents());
        Assert.Equal(new DesiredState { Version = 2 }, states.Find("d7"));
    }

    private DesiredStates Open() => new(new HubPaths(_folder.Path), NullLogger<DesiredStates>.Instance);

    private long Contents()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "desired.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM contents";
        return (long)count.ExecuteScalar()!;
    }
}

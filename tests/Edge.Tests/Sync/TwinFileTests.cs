using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Hmas.Testing;

namespace Edge.Tests.Sync;

public sealed class TwinFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_newer_state_is_taken_and_there_after_a_restart_an_older_or_equal_one_is_not()
    {
        var twin = TwinFile.Open(_folder.Path);
        Assert.True(twin.TryTake(new DesiredState { Version = 5, SamplingBoost = 3 }));
        Assert.False(twin.TryTake(new DesiredState { Version = 5 }));
        twin = TwinFile.Open(_folder.Path);
        Assert.Equal((5, 3.0), (twin.Desired!.Version, twin.Desired.SamplingBoost));
        Assert.False(twin.TryTake(new DesiredState { Version = 4 }));
    }

    [Fact]
    public void A_damaged_file_is_as_none()
    {
        File.WriteAllText(_folder.File("desired.json"), "{\"version\":");
        var twin = TwinFile.Open(_folder.Path);
        Assert.Null(twin.Desired);
        Assert.True(twin.TryTake(new DesiredState { Version = 1 }));
    }

    [Fact]
    public void What_is_not_on_disk_is_not_taken()
    {
        Directory.CreateDirectory(_folder.File("desired.json"));
        var twin = TwinFile.Open(_folder.Path);
        Assert.Throws<StorageException>(() => twin.TryTake(new DesiredState { Version = 1 }));
        Assert.Null(twin.Desired);
    }

    public void Dispose() => _folder.Dispose();
}

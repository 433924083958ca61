using Edge.Agent.Models;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Sync;

public sealed class DesiredMemoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_newer_state_is_taken_and_there_after_a_restart_an_older_or_equal_one_is_not()
    {
        var memory = Open();
        Assert.True(memory.TryTake(new DesiredState { Version = 5, SamplingBoost = 3 }));
        Assert.False(memory.TryTake(new DesiredState { Version = 5 }));
        memory = Open();
        Assert.Equal((5, 3.0), (memory.Desired!.Version, memory.Desired.SamplingBoost));
        Assert.False(memory.TryTake(new DesiredState { Version = 4 }));
    }

    [Fact]
    public void Another_model_is_there_after_a_restart_too()
    {
        var model = new ModelAssignment { Digest = "sha256:aa", Name = "pump", Release = 2, PackageBytes = 1, Url = "x" };
        Assert.True(Open().TryTake(new DesiredState { Version = 1, Model = model }));
        Assert.Equal(model, Open().Desired?.Model);
    }

    [Fact]
    public void What_is_not_on_disk_is_not_taken()
    {
        var memory = Open();
        Directory.CreateDirectory(_folder.File("record.a"));
        Assert.Throws<StorageException>(() => memory.TryTake(new DesiredState { Version = 1 }));
        Assert.Null(memory.Desired);
    }

    public void Dispose() => _folder.Dispose();

    private DesiredMemory Open() => new(DeviceRecord.Open(_folder.Path, NullLogger.Instance));
}

namespace Cloud.Hub.Tests.Integration;

/// <summary>One front for the tests of a class that leave it as it is.</summary>
public sealed class SharedFront : IAsyncLifetime
{
    internal FrontFixture Front { get; private set; } = null!;

    public async Task InitializeAsync() => Front = await FrontFixture.StartAsync();

    public async Task DisposeAsync() => await Front.DisposeAsync();
}

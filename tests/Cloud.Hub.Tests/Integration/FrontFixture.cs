using System.Net.Http.Headers;
using Cloud.Hub.Host;
using Cloud.Hub.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Integration;

/// <summary>A real hub that runs Integration alone, over substituted doors.</summary>
internal sealed class FrontFixture : IAsyncDisposable
{
    private FrontFixture(HubFixture hub, SimulatedDoors doors)
    {
        Hub = hub;
        Doors = doors;
        Http = hub.Http(HubServices.Front);
    }

    public HubFixture Hub { get; }

    public SimulatedDoors Doors { get; }

    /// <summary>To the front, as the operator.</summary>
    public HttpClient Http { get; }

    public static async Task<FrontFixture> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? adjust = null)
    {
        var doors = new SimulatedDoors();
        var hub = await HubFixture.StartAsync(HubServices.Integration, settings, adjust: services =>
        {
            doors.Enter(services);
            adjust?.Invoke(services);
        });
        return new FrontFixture(hub, doors);
    }

    public static StringContent Json(string text) => new(text, MediaTypeHeaderValue.Parse("application/json"));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Hub.DisposeAsync();
    }
}

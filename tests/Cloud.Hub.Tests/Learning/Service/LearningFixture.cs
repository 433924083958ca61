using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Inference;
using Hmas.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>The Learning service as its module wires it, over a simulated fleet, with its database in a folder.</summary>
internal sealed class LearningFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly EventBus.Subscription _events;

    /// <param name="settings">Of section Learning.</param>
    public LearningFixture(
        SimulatedFleet fleet, string folder, MemoryRegistry registry, TimeProvider? time = null, ILogger? log = null,
        params (string Key, string Value)[] settings)
    {
        NativeRuntime.DisableTelemetry();
        Registry = registry;
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            if (log is not null) logging.AddProvider(new OneLogger(log));
        });
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSingleton<EventBus>().AddSingleton(new HubPaths(folder));
        services.AddSingleton<IFleet>(fleet).AddSingleton<IFeedback>(fleet).AddSingleton<IExperienceArchive>(fleet)
            .AddSingleton<IModelRegistry>(registry);
        services.AddLearning(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => $"Learning:{pair.Key}", pair => (string?)pair.Value))
                .Build());
        _services = services.BuildServiceProvider();
        _events = _services.GetRequiredService<EventBus>().Subscribe("test", happened => happened is TrainingProgressed);
    }

    public MemoryRegistry Registry { get; }

    public IFitJobs Jobs => _services.GetRequiredService<IFitJobs>();

    public ITrainingRuns Runs => _services.GetRequiredService<ITrainingRuns>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static TrainingRequest Request(string recipe, string? parent = null) =>
        new() { ModelName = "pump", Recipe = recipe, ParentDigest = parent, RequestedBy = "test" };

    public async Task BeginAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
    }

    /// <summary>All are told to stop before any is waited for.</summary>
    public Task EndAsync() => Task.WhenAll(_services.GetServices<IHostedService>().Select(static hosted => hosted.StopAsync(CancellationToken.None)));

    /// <summary>Stands still where the bus tells this for the first time, until it is disposed.</summary>
    public HeldRun HoldAt(Func<TrainingProgressed, bool> isIt) => new(_services.GetRequiredService<EventBus>(), isIt);

    /// <summary>Waits for the bus to tell this of a run.</summary>
    public async Task<TrainingRunView> UntilAsync(string runId, Func<TrainingProgressed, bool> reached)
    {
        await ToldAsync(progressed => progressed.RunId == runId && reached(progressed));
        return (await Runs.RunAsync(runId, CancellationToken.None))!;
    }

    /// <summary>Waits for the bus to tell this; what it tells before, of any run, is not told again.</summary>
    public async Task ToldAsync(Func<TrainingProgressed, bool> isIt)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await foreach (var happened in _events.Events.ReadAllAsync(limit.Token))
        {
            if (isIt((TrainingProgressed)happened)) return;
        }
    }

    public async Task<TrainingRunView> TrainAsync(TrainingRequest request)
    {
        var runId = await Runs.StartAsync(request, CancellationToken.None);
        return await UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
    }

    public async ValueTask DisposeAsync()
    {
        _events.Dispose();
        await _services.DisposeAsync();
    }

    private sealed class OneLogger(ILogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}

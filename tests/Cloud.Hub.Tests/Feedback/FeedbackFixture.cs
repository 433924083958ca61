using Cloud.Hub.Bus;
using Cloud.Hub.Feedback;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Feedback.Workers;
using Cloud.Hub.Host;
using Cloud.Hub.Memory;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Feedback;

/// <summary>The real book beside the real archive, on a folder of their own.</summary>
internal sealed class FeedbackFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private ServiceProvider _services;
    private long _sequence;

    public FeedbackFixture() => _services = Build();

    public FakeTimeProvider Time { get; } = new();

    public OutcomeBook Book => _services.GetRequiredService<OutcomeBook>();

    public IExperienceArchive Archive => _services.GetRequiredService<IExperienceArchive>();

    public EventBus Bus => _services.GetRequiredService<EventBus>();

    public JoinLoop Loop => _services.GetServices<IHostedService>().OfType<JoinLoop>().Single();

    public async Task ReopenAsync()
    {
        await _services.DisposeAsync();
        _services = Build();
    }

    /// <summary>Stores experiences of pump-1 in the archive and gives the batch, as ingest would.</summary>
    public async Task<FactBatch> StoreAsync(params ExperienceRecord[] records)
    {
        var batch = Memory.Some.Batch("pump-1", [.. records.Select(record => Memory.Some.Fact(++_sequence, record))]);
        await Archive.AppendAsync([batch], default);
        return batch;
    }

    public async Task<FactBatch> StoreAsync(FactKind kind, byte[] payload)
    {
        var batch = Memory.Some.Batch("pump-1", new Fact(++_sequence, kind, 0, payload));
        await Archive.AppendAsync([batch], default);
        return batch;
    }

    /// <summary>Stores and joins.</summary>
    public async Task TakeAsync(params ExperienceRecord[] records)
    {
        await StoreAsync(records);
        var read = new List<ArchivedExperience>();
        await foreach (var experience in Archive.ReadAsync(new ExperienceQuery { AfterId = Book.ExperiencePlace() }, default)) read.Add(experience);
        await Book.TakeExperiencesAsync(read, default);
    }

    public async Task<ModelQuality> QualityAsync() => Assert.Single(await Book.QualityAsync(default));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(new HubPaths(_folder.Path));
        services.AddSingleton<EventBus>();
        var configuration = new ConfigurationBuilder().Build();
        services.AddMemory(configuration);
        services.AddFeedback(configuration);
        return services.BuildServiceProvider();
    }
}

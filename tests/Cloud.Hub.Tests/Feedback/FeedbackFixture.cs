using System.Diagnostics.Metrics;
using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Feedback;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Feedback.Storage;
using Cloud.Hub.Feedback.Workers;
using Cloud.Hub.Host;
using Cloud.Hub.Memory;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
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

    public IFactArchive Facts => _services.GetRequiredService<IFactArchive>();

    public EventBus Bus => _services.GetRequiredService<EventBus>();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public JoinLoop Loop => _services.GetServices<IHostedService>().OfType<JoinLoop>().Single();

    public async Task ReopenAsync()
    {
        await _services.DisposeAsync();
        _services = Build();
    }

    /// <summary>Stores evidence of pump-1 in the archive and gives the batch, as ingest would.</summary>
    public async Task<FactBatch> StoreAsync(params ModelEvidence[] records)
    {
        var batch = Memory.Some.Batch(
            "pump-1",
            [.. records.Select(record => new Fact(
                ++_sequence, FactKind.Evidence, record.ToUs, JsonSerializer.SerializeToUtf8Bytes(record, ContractsJson.Default.ModelEvidence)))]);
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
    public async Task TakeAsync(params ModelEvidence[] records)
    {
        await StoreAsync(records);
        var (stretches, place) = (new List<JudgedStretch>(), Book.EvidencePlace());
        await foreach (var (fact, evidence) in EvidenceAsync(place))
        {
            place = fact.Id;
            stretches.Add(
                new JudgedStretch(
                    fact.Id, fact.DeviceId, evidence.RunId, evidence.FromUs, evidence.ToUs, evidence.Digest, evidence.AlarmWindows,
                    evidence.Windows - evidence.AlarmWindows));
        }

        await Book.TakeEvidenceAsync(stretches, place, default);
    }

    public async IAsyncEnumerable<(ArchivedFact Fact, ModelEvidence Evidence)> EvidenceAsync(long after = 0)
    {
        await foreach (var fact in Facts.ReadFactsAsync(new FactQuery { Kind = FactKind.Evidence, AfterId = after }, default))
            yield return (fact, JsonSerializer.Deserialize(fact.Fact.Payload.Span, ContractsJson.Default.ModelEvidence)!);
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

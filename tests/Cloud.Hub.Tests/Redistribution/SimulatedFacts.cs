using System.Runtime.CompilerServices;
using System.Text.Json;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>An archive of facts that outlives the hubs of a test.</summary>
internal sealed class SimulatedFacts : IFactArchive
{
    private readonly Lock _lock = new();
    private readonly List<ArchivedFact> _facts = [];

    public void Add(string siteId, string deviceId, ModelEvidence evidence) =>
        Add(siteId, deviceId, FactKind.Evidence, evidence.ToUs, JsonSerializer.SerializeToUtf8Bytes(evidence, ContractsJson.Default.ModelEvidence));

    public void Add(string siteId, string deviceId, FactKind kind, long timestampUs, byte[] payload, long epoch = 1)
    {
        lock (_lock)
        {
            var id = _facts.Count + 1;
            _facts.Add(new ArchivedFact(id, siteId, deviceId, epoch, new Fact(id, kind, timestampUs, payload)));
        }
    }

    public async IAsyncEnumerable<ArchivedFact> ReadFactsAsync(FactQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        ArchivedFact[] stored;
        lock (_lock) stored = [.. _facts.Where(fact => fact.Id > query.AfterId).Take(query.Limit)];
        foreach (var fact in stored) yield return fact;
    }

    public Task<long> LastFactIdAsync(CancellationToken cancellation)
    {
        lock (_lock) return Task.FromResult((long)_facts.Count);
    }
}

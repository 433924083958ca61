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

    public void Add(string siteId, string deviceId, ModelEvidence evidence)
    {
        lock (_lock)
        {
            var id = _facts.Count + 1;
            var payload = JsonSerializer.SerializeToUtf8Bytes(evidence, ContractsJson.Default.ModelEvidence);
            _facts.Add(new ArchivedFact(id, siteId, deviceId, 1, new Fact(id, FactKind.Evidence, evidence.ToUs, payload)));
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

using System.Diagnostics;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;

namespace Hmas.Benchmarks.Hub;

/// <summary>How many experiences per second does the published hub acknowledge, after fsync, from 100 devices over MQTT?</summary>
/// <remarks>The batches are encoded beforehand; each device keeps four of them unacknowledged, as
/// the agent does. Load and hub share the machine.</remarks>
internal static class FleetIngest
{
    private const int Devices = 100;
    private const int BatchesEach = 100;
    private const int FactsPerBatch = 50;
    private const int Unacknowledged = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(BrokerKind kind)
    {
        using var folder = new TempFolder();
        var options = new DemoOptions { Root = new DirectoryInfo(Repository.Root), WorkFolder = folder.Path, PortOffset = FreePorts.HubOffset() };
        await using var broker = kind == BrokerKind.Embedded ? null : new MosquittoFixture { Port = options.MqttPort, SurvivesKills = false };
        if (broker is not null) await broker.StartAsync();
        await using var site = new DemoSite(options, TimeProvider.System);
        await site.StartHubAsync(broker is null ? "" : $"communication:\n  broker: {broker.Address}\n", default);
        var address = new Uri(FormattableString.Invariant($"mqtt://127.0.0.1:{options.MqttPort}"));

        var devices = new List<LoadDevice>();
        for (var i = 0; i < Devices; i++)
        {
            var enrolment = await site.Api.EnrolAsync(DemoSite.SiteId, FormattableString.Invariant($"load-{i}"), default);
            devices.Add(await LoadDevice.ConnectAsync(address, enrolment.SiteId, enrolment.DeviceId, enrolment.Password));
        }

        var watch = Stopwatch.StartNew();
        var sending = devices.Select(static device => Task.Run(device.SendAsync)).ToArray();
        var early = await RateAsync(site, devices, watch, share: 0.2, default);
        var late = await RateAsync(site, devices, watch, share: 1, early);
        await Task.WhenAll(sending).WaitAsync(Deadline);
        var archive = await site.Api.ArchiveAsync(default);
        Console.WriteLine(FormattableString.Invariant(
            $"{kind}: durable experiences/s {(late.Acknowledged - early.Acknowledged) / (late.Seconds - early.Seconds):F0} | devices {Devices} | batch {FactsPerBatch} | bytes each {devices[0].BytesPerFact:F0} | stored {archive.Facts} of {Devices * BatchesEach * FactsPerBatch} | hub resident MB {early.ResidentMb:F0} at 20 %, {late.ResidentMb:F0} at the end"));
        foreach (var device in devices) await device.DisposeAsync();
        return archive.Facts == Devices * BatchesEach * FactsPerBatch ? 0 : 1;
    }

    private static async Task<Reading> RateAsync(DemoSite site, IReadOnlyList<LoadDevice> devices, Stopwatch watch, double share, Reading since)
    {
        while (true)
        {
            site.RequireRunning();
            var acknowledged = devices.Sum(static device => device.Acknowledged);
            if (acknowledged >= share * Devices * BatchesEach * FactsPerBatch)
                return new Reading(acknowledged, watch.Elapsed.TotalSeconds, site.HubResidentBytes / 1e6);
            if (watch.Elapsed > Deadline)
                throw new TimeoutException($"{acknowledged} experiences acknowledged in {Deadline}, {since.Acknowledged} of them in the first part");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private readonly record struct Reading(long Acknowledged, double Seconds, double ResidentMb);

    /// <summary>A device's connection and what it has to say.</summary>
    private sealed class LoadDevice : IAsyncDisposable
    {
        private const long Epoch = 1;
        private readonly FleetClient _client;
        private readonly Task _loop;
        private readonly IReadOnlyList<byte[]> _batches;
        private readonly string _facts;
        private readonly string _acknowledgements;
        private long _acknowledged;

        private LoadDevice(FleetClient client, string siteId, string deviceId)
        {
            _client = client;
            _loop = client.RunAsync(CancellationToken.None);
            _facts = Topics.Facts(siteId, deviceId);
            _acknowledgements = Topics.FactAck(siteId, deviceId);
            _batches = [.. Enumerable.Range(0, BatchesEach).Select(batch => Encode(siteId, deviceId, (batch * FactsPerBatch) + 1))];
        }

        public long Acknowledged => Interlocked.Read(ref _acknowledged);

        public double BytesPerFact => _batches.Average(static batch => batch.Length) / FactsPerBatch;

        public static async Task<LoadDevice> ConnectAsync(Uri broker, string siteId, string deviceId, string password)
        {
            var device = new LoadDevice(
                new FleetClient(
                    new FleetClientSettings { Broker = broker, ClientId = deviceId, UserName = deviceId, Password = password,
                        Subscriptions = [Topics.FactAck(siteId, deviceId)] }, TimeProvider.System, NullLogger.Instance),
                siteId, deviceId);
            while (!(await device._client.Connections.ReadAsync().AsTask().WaitAsync(Deadline)).Connected)
            {
            }

            return device;
        }

        public async Task SendAsync()
        {
            var sent = 0;
            while (Acknowledged < BatchesEach * FactsPerBatch)
            {
                while (sent < BatchesEach && (sent * FactsPerBatch) - Acknowledged < Unacknowledged * FactsPerBatch)
                    await _client.PublishAsync(_facts, _batches[sent++], retain: false, Deadline, default);
                var message = await _client.Inbound.ReadAsync().AsTask().WaitAsync(Deadline);
                if (message.Topic == _acknowledgements)
                    Interlocked.Exchange(
                        ref _acknowledged, JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.FactAck)!.Sequence);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _client.DisposeAsync();
            await _loop;
        }

        /// <summary>Windows of 8 channels and 60 rows of a random walk, so that they compress as recordings do and not as zeros.</summary>
        private static byte[] Encode(string siteId, string deviceId, long first)
        {
            var random = new Random((int)first);
            var facts = new Fact[FactsPerBatch];
            for (var i = 0; i < FactsPerBatch; i++)
            {
                var window = new float[8 * 60];
                for (var t = 1; t < window.Length; t++) window[t] = window[t - 1] + MathF.Round((float)random.NextDouble() - 0.5f, 3);
                var sequence = first + i;
                facts[i] = new Fact(sequence, FactKind.Experience, sequence * 1_000_000, ExperienceCodec.Encode(new ExperienceRecord
                {
                    RunId = "run-1", StartUs = sequence * 1_000_000, EndUs = (sequence + 59) * 1_000_000, Window = window, Channels = 8,
                    Centre = new float[8], Scale = [1, 1, 1, 1, 1, 1, 1, 1],
                    ModelDigest = "sha256:0123", Score = 0.5f, Threshold = 1, Reasons = ExperienceReasons.Routine, Value = 0.5f,
                }));
            }

            return FactBatchCodec.Encode(new FactBatch(siteId, deviceId, Epoch, facts));
        }
    }
}

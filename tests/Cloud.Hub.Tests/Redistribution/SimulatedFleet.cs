using System.Collections.Concurrent;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Devices that exist only as twins: a test says when each hears, swaps and reports.</summary>
internal sealed class SimulatedFleet : IFleet
{
    private readonly ConcurrentDictionary<string, DeviceView> _devices = new();

    /// <summary>Every assignment in order, for those who look at what was told.</summary>
    public ConcurrentQueue<(string DeviceId, ModelAssignment? Model)> Assignments { get; } = new();

    /// <summary>Devices whose desired state cannot be written.</summary>
    public HashSet<string> Unreachable { get; } = [];

    /// <summary>Called with the device after each assignment.</summary>
    public Action<string>? Assigned { get; set; }

    public void Add(string deviceId, string? activeDigest = null, bool online = true, string siteId = "site") => _devices[deviceId] = new DeviceView
    {
        SiteId = siteId,
        DeviceId = deviceId,
        Online = online,
        Desired = new DesiredState { Version = 1, Model = activeDigest is null ? null : Assignment(activeDigest) },
        Reported = Report(1, activeDigest, activeDigest is null ? SlotState.Empty : SlotState.Committed),
    };

    /// <summary>It is enrolled no longer.</summary>
    public void Retire(string deviceId) => _devices.TryRemove(deviceId, out _);

    public void Move(string deviceId, string siteId) => Update(deviceId, device => device with { SiteId = siteId });

    public DeviceView this[string deviceId] => _devices[deviceId];

    /// <summary>The device does what it is told, at once, and reports it.</summary>
    public void Obey(string deviceId) => Update(deviceId, device => device with
    {
        Reported = device.Desired!.Model is { } wanted && ArtefactKinds.IsInstall(wanted.Kind)
            ? Report(device.Desired.Version, device.Reported?.ActiveDigest, SlotState.Committed)
                with { InstallDigest = wanted.Digest == ModelAssignment.SetUp ? null : wanted.Digest }
            : Report(device.Desired.Version, device.Desired.Model?.Digest, device.Desired.Model is null ? SlotState.Empty : SlotState.Committed)
                with { InstallDigest = device.Reported?.InstallDigest },
    });

    /// <summary>The device hears, and does not do it.</summary>
    public void Refuse(string deviceId, SlotState how, string reason) => Update(deviceId, device => device with
    {
        Reported = Report(device.Desired!.Version, device.Reported?.ActiveDigest, how) with { Refusal = reason },
    });

    public void SetOnline(string deviceId, bool online) => Update(deviceId, device => device with { Online = online });

    /// <summary>It cannot be asked.</summary>
    public bool IsDown { get; set; }

    /// <summary>The device says something else of itself.</summary>
    public void Report(string deviceId, Func<ReportedState, ReportedState> change) =>
        Update(deviceId, device => device with { Reported = change(device.Reported!) });

    public Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation) => IsDown
        ? Task.FromException<IReadOnlyList<DeviceView>>(new HttpRequestException("the fleet is down"))
        : Task.FromResult<IReadOnlyList<DeviceView>>([.. _devices.Values.OrderBy(static device => device.DeviceId, StringComparer.Ordinal)]);

    public Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation) => Task.FromResult(_devices.GetValueOrDefault(deviceId));

    public Task<Enrolment> EnrolAsync(string siteId, string deviceId, CancellationToken cancellation)
    {
        Add(deviceId, siteId: siteId);
        return Task.FromResult(new Enrolment(siteId, deviceId, "secret"));
    }

    public Task<DesiredState> SetModelAsync(string deviceId, ModelAssignment? model, CancellationToken cancellation)
    {
        if (Unreachable.Contains(deviceId)) throw new IOException($"the twin of {deviceId} cannot be written");
        Assignments.Enqueue((deviceId, model));
        var desired = Update(
            deviceId, device => device with { Desired = device.Desired! with { Version = device.Desired.Version + 1, Model = model } }).Desired!;
        Assigned?.Invoke(deviceId);
        return Task.FromResult(desired);
    }

    /// <summary>Called before each change of sampling; it may throw.</summary>
    public Action<string, double>? Boosting { get; set; }

    public async Task<IReadOnlyDictionary<string, string>> SetModelsAsync(
        IReadOnlyDictionary<string, ModelAssignment?> models, CancellationToken cancellation)
    {
        var failures = new Dictionary<string, string>();
        foreach (var (device, model) in models)
        {
            try
            {
                await SetModelAsync(device, model, cancellation);
            }
            catch (IOException e)
            {
                failures[device] = e.Message;
            }
        }

        return failures;
    }

    public async Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        Boosting?.Invoke(deviceId, boost);
        return Update(
            deviceId,
            device => device with { Desired = device.Desired! with { Version = device.Desired.Version + 1, SamplingBoost = boost } }).Desired!;
    }

    public Task<CommandReply> SendAsync(
        string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation) =>
        Task.FromResult(new CommandReply("1", true));

    private DeviceView Update(string deviceId, Func<DeviceView, DeviceView> change) =>
        _devices.AddOrUpdate(deviceId, static id => throw new KeyNotFoundException(id), (_, device) => change(device));

    private static ModelAssignment Assignment(string digest) =>
        new() { Digest = digest, Name = "model", Release = 1, PackageBytes = 1, Url = "/artefacts/" + digest };

    private static ReportedState Report(long version, string? active, SlotState state) => new()
    {
        DesiredVersion = version,
        BootId = "boot",
        AgentVersion = "0",
        Session = 1,
        ActiveDigest = active,
        SlotState = state,
        Channels = [],
        Counters = new DeviceCounters(),
        TimestampUs = 0,
    };
}

using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Contract;

/// <summary>The door of the Communication service: devices, their twins, their commands.</summary>
public interface IFleet
{
    Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation);

    /// <summary>Null when no such device is enrolled.</summary>
    Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation);

    /// <summary>Registers a device and gives its credential; a repeat gives a new credential and ends the old one.</summary>
    Task<Enrolment> EnrolAsync(string siteId, string deviceId, CancellationToken cancellation);

    /// <summary>Sets the desired model, durable before return, published retained; the version grows.</summary>
    Task<DesiredState> SetModelAsync(string deviceId, ModelAssignment? model, CancellationToken cancellation);

    /// <summary>The same for many devices: each is durable before return, and published retained soon after.</summary>
    /// <returns>Why it was not done, by device; all others are done.</returns>
    Task<IReadOnlyDictionary<string, string>> SetModelsAsync(IReadOnlyDictionary<string, ModelAssignment?> models, CancellationToken cancellation);

    Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation);

    /// <summary>Sends and waits for the reply until the command's expiry; an expired one is answered with error <c>expired</c>.</summary>
    Task<CommandReply> SendAsync(
        string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation);
}

/// <summary>A device as the hub knows it.</summary>
public sealed record DeviceView
{
    public required string SiteId { get; init; }

    public required string DeviceId { get; init; }

    public required bool Online { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    public DesiredState? Desired { get; init; }

    public ReportedState? Reported { get; init; }
}

/// <summary>The device's user name is its id; the password is shown once and kept only as a hash.</summary>
public sealed record Enrolment(string SiteId, string DeviceId, string Password);

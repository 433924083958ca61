using System.Net.Security;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>What director and image repository agree that this device gets. The hub's word alone installs nothing.</summary>
/// <remarks>Metadata is kept in <c>trust/director</c> and <c>trust/images</c> of the state folder,
/// and begins with the root files of the settings.</remarks>
internal sealed class ModelOrders : IDisposable
{
    private static readonly UpdateLimits Limits = new();

    private readonly DeviceIdentity _device;
    private readonly Uri _tuf;
    private readonly MetadataFolder _director;
    private readonly MetadataFolder _images;
    private readonly HttpFetcher _fetcher;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="tls">Whom to trust; null: the machine's own authorities.</param>
    /// <exception cref="SettingsException">A root file cannot be used.</exception>
    public ModelOrders(
        DeviceOptions device, HubOptions hub, ModelOptions model, string? password, SslClientAuthenticationOptions? tls, TimeProvider time,
        ILogger logger)
    {
        _device = new DeviceIdentity(device.Id, device.Hardware ?? DeviceIdentity.GenericHardware);
        _tuf = new Uri(new Uri(hub.Artefacts!), "/tuf/");
        _director = Begin(device, "director", "model:directorRoot", model.DirectorRoot!);
        _images = Begin(device, "images", "model:imageRoot", model.ImageRoot!);
        _fetcher = new HttpFetcher(Limits, time, HubCredentials.Of(device.Id, password), tls);
        (_timeout, _time, _logger) = (model.DownloadTimeout, time, logger);
    }

    /// <summary>The order for an assigned package. A hub that does not answer is asked again until the time limit of a download.</summary>
    /// <param name="releases">The highest release that was ever active, by artefact.</param>
    /// <exception cref="ModelRefusal"><c>director</c>, <c>older-release</c>, <c>signature</c> or <c>download</c>.</exception>
    public async Task<InstallOrder> OrderAsync(ModelAssignment assignment, IReadOnlyDictionary<string, long> releases, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var backoff = new Backoff(HttpModelSource.Waits, new Random(HashCode.Combine(assignment.Digest)));
        try
        {
            while (true)
            {
                if (await TryPlanAsync(releases, either.Token) is { } plan) return OrderOf(assignment, plan);
                await Task.Delay(backoff.Next(TimeSpan.Zero, TimeSpan.Zero), _time, either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ModelRefusal("download", $"director and image repository did not answer within {_timeout}");
        }
        catch (UpdateException error)
        {
            throw Refusal(error);
        }
    }

    /// <summary>Returns when these are the bytes of the order.</summary>
    /// <exception cref="ModelRefusal"><c>director</c>.</exception>
    public static void Require(InstallOrder order, ReadOnlySpan<byte> package)
    {
        try
        {
            order.RequireBytes(package);
        }
        catch (UpdateException error)
        {
            throw Refusal(error);
        }
    }

    public void Dispose() => _fetcher.Dispose();

    /// <summary>Null: worth another try.</summary>
    private async Task<IReadOnlyList<InstallOrder>?> TryPlanAsync(IReadOnlyDictionary<string, long> releases, CancellationToken ct)
    {
        try
        {
            return await new AssignedUpdate(_device, Client(_director, $"director/{_device.DeviceId}"), Client(_images, "images/metadata")).PlanAsync(
                releases, ct);
        }
        catch (UpdateException error) when (error.Reason is UpdateReason.Unreachable or UpdateReason.TooSlow)
        {
            _logger.OrderInterrupted(error.Message);
            return null;
        }
    }

    private UpdateClient Client(MetadataFolder folder, string path) =>
        new(folder, new Mirrors([new Uri(_tuf, path).AbsoluteUri]), _fetcher, Limits, _time);

    private static InstallOrder OrderOf(ModelAssignment assignment, IReadOnlyList<InstallOrder> plan) =>
        plan.FirstOrDefault(order => order.Artefact == ArtefactKinds.Counter(assignment.Kind, assignment.Name) && order.Release == assignment.Release
            && order.Image.Length == assignment.PackageBytes)
        ?? throw new ModelRefusal(
            "director",
            $"release {assignment.Release} of {assignment.Name}, {assignment.PackageBytes} bytes, is not what the director gives this device: {(plan.Count == 0 ? "nothing" : string.Join(", ", plan.Select(order => order.Image.Path)))}");

    private static MetadataFolder Begin(DeviceOptions device, string name, string setting, string rootFile)
    {
        var folder = new MetadataFolder(Path.Combine(device.StateFolder, "trust", name));
        if (folder.Read(RootMetadata.Type, Limits.MaxRootBytes) is not null) return folder;
        try
        {
            UpdateClient.Initialise(folder, File.ReadAllBytes(rootFile));
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UpdateException)
        {
            throw new SettingsException([$"{setting}: {rootFile}: {error.Message}"], error);
        }
    }

    private static ModelRefusal Refusal(UpdateException error) => new(
        error.Reason switch
        {
            UpdateReason.Signature or UpdateReason.Format or UpdateReason.Expired => "signature",
            UpdateReason.Rollback => "older-release",
            UpdateReason.Mismatch or UpdateReason.NotFound or UpdateReason.NotForThisDevice => "director",
            _ => "download",
        },
        $"{error.Reason}: {error.Message}", error);
}

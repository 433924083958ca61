using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Federated;

namespace Cloud.Hub.Learning.Federated;

/// <summary>Whom a federated round asks: devices that are online, answer with the parent and have a label of one of its classes.</summary>
internal sealed class FederatedInvitations(IFleet fleet, IFeedback feedback)
{
    /// <param name="parent">Digest.</param>
    /// <param name="classes">Of the parent, in its order.</param>
    /// <param name="seed">Draws among more devices than may take part.</param>
    /// <returns>At most <see cref="FederatedRequest.MaxDevices"/>, each with the newest of its labels.</returns>
    /// <exception cref="TrainingRefusedException">A device that was named is not enrolled.</exception>
    public async Task<IReadOnlyList<(string DeviceId, IReadOnlyList<HeadLabel> Labels)>> OfAsync(
        FederatedRequest asked, string parent, IReadOnlyList<string> classes, long seed, CancellationToken cancellation)
    {
        var labels = await LabelsAsync(classes, cancellation);
        var devices = await fleet.DevicesAsync(cancellation);
        if (asked.Devices.Except(devices.Select(device => device.DeviceId)).FirstOrDefault() is { } unknown)
            throw new TrainingRefusedException($"device '{unknown}' is not enrolled");
        string[] suited =
        [
            .. devices.Where(device => device.Online && device.Reported?.ActiveDigest == parent
                && (asked.Devices.Count == 0 || asked.Devices.Contains(device.DeviceId))
                && labels.GetValueOrDefault(device.DeviceId)?.Any(label => label.Class >= 0) == true)
                .Select(device => device.DeviceId).Order(StringComparer.Ordinal),
        ];
        new Random(unchecked((int)seed)).Shuffle(suited);
        return [.. suited.Take(asked.MaxDevices).Select(id => (id, labels[id]))];
    }

    /// <summary>The newest of each device's labels, in order of arrival; a name that is no class hides what was said before.</summary>
    private async Task<Dictionary<string, IReadOnlyList<HeadLabel>>> LabelsAsync(IReadOnlyList<string> classes, CancellationToken cancellation)
    {
        var index = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.OrdinalIgnoreCase);
        var labels = (await feedback.LabelsAsync(null, null, cancellation)).Where(label => label.Kind != LabelKind.Failure);
        return labels.GroupBy(label => label.DeviceId).ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<HeadLabel>)[.. group.TakeLast(HeadTask.MaxLabels)
                .Select(label => new HeadLabel(label.FromUs, label.ToUs, index.GetValueOrDefault(label.Label, -1)))]);
    }
}

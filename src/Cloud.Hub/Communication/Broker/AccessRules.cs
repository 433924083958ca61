using Hmas.Contracts;

namespace Cloud.Hub.Communication.Broker;

/// <summary>What a device may do at the broker. Pure; the same for a publish, a will and a retained message.</summary>
internal static class AccessRules
{
    /// <summary>Its own topics, device to hub; retained only where a document of state is kept.</summary>
    public static bool MayPublish(string site, string device, string topic, bool retain) =>
        Topics.MayPublish(site, device, topic) && (!retain || IsState(topic));

    public static bool MaySubscribe(string site, string device, string filter) => Topics.MaySubscribe(site, device, filter);

    private static bool IsState(string topic) =>
        topic.EndsWith("/state/presence", StringComparison.Ordinal) || topic.EndsWith("/state/reported", StringComparison.Ordinal);
}

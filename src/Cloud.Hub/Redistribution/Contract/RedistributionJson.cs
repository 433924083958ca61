using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>How rollouts stand in messages: camel case, words for enums, the same over REST and gRPC.</summary>
internal static class RedistributionJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static JsonSerializerOptions Members { get; } = new(Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>What is asked for: a member that there is not is refused by its name, as it may have been meant to protect something.</summary>
    public static JsonSerializerOptions Requests { get; } = new(Members)
    {
        Converters = { new GatePolicyConverter(Members) },
    };
}

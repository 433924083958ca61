using System.Globalization;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>A number with its noun, for people: <c>1 device</c>, <c>1,200 devices</c>.</summary>
internal static class Counted
{
    public static string Of(long many, string one) => string.Create(CultureInfo.InvariantCulture, $"{many:#,0} {one}{(many == 1 ? "" : "s")}");
}

using System.Text.Json;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

internal static class Terms
{
    /// <summary>The object "hmas" in a target's "custom"; TUF itself leaves "custom" to the application.</summary>
    public static JsonElement Of(TargetFile target) => target.Custom is { } custom
        ? JsonFields.Object(custom, "hmas")
        : throw new UpdateException(UpdateReason.Format, $"{target.Path}: 'custom' is missing");
}

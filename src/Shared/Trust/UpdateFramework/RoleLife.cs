using System.Globalization;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework;

/// <summary>How long a role's metadata still holds, and what is to be done before it does not: <c>hmas keys
/// status</c> and the hub say the same of it. Pure: time comes in.</summary>
/// <param name="Repository">images or director.</param>
/// <param name="Role">A top-level role, or the name of a delegated one.</param>
/// <param name="Header">Of its newest file that holds; of a delegated role that its keys have not signed, <see cref="Missing"/>.</param>
/// <param name="ByHand">Keepers of offline keys must meet to renew it; otherwise its hub does so by itself, at half of its life.</param>
public sealed record RoleLife(string Repository, string Role, RoleHeader Header, bool ByHand)
{
    /// <summary>Of a role that its present keys have signed nothing of: version 0, and over since ever.</summary>
    public static readonly RoleHeader Missing = new(TargetsMetadata.Type, 0, DateTimeOffset.UnixEpoch);

    /// <summary>Keepers need time to meet.</summary>
    private static readonly TimeSpan CeremonyNotice = TimeSpan.FromDays(30);

    /// <summary>Under half of the shortest life there is: a hub that renews has done so before.</summary>
    private static readonly TimeSpan HubNotice = TimeSpan.FromDays(7);

    /// <summary>The same of a timestamp, which lives for a day.</summary>
    private static readonly TimeSpan TimestampNotice = TimeSpan.FromHours(6);

    /// <summary>Until it is not trusted any more; negative since then.</summary>
    public TimeSpan Left(DateTimeOffset now) => Header.Expires - now;

    /// <summary>Whether somebody should act now.</summary>
    public bool IsDue(DateTimeOffset now) => Left(now) <= (ByHand ? CeremonyNotice : Role == TimestampMetadata.Type ? TimestampNotice : HubNotice);

    /// <summary>One sentence that says what is the matter and what to do; null while nothing is.</summary>
    public string? Warning(DateTimeOffset now) => IsDue(now) ? $"{Role} of the {Repository} repository {State(now)}: {Remedy}" : null;

    private string State(DateTimeOffset now) => Header.Version == 0 ? "is not signed by its present keys" : End(Left(now));

    private string Remedy => (ByHand, Role) switch
    {
        (false, _) => "the hub renews it by itself and has not, see its log",
        (_, RootMetadata.Type) => "hmas keys rotate root",
        (_, TargetsMetadata.Type) => "hmas keys sign",
        _ => $"hmas keys sign --role {Role}",
    };

    private static string End(TimeSpan left) => left <= TimeSpan.Zero
        ? "has expired, and devices take nothing new"
        : left < TimeSpan.FromDays(2)
            ? string.Create(CultureInfo.InvariantCulture, $"expires in {Math.Ceiling(left.TotalHours):0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"expires in {Math.Floor(left.TotalDays):0} days");
}

using System.Security.Cryptography;
using System.Text;

namespace Cloud.Hub.Host.Security;

/// <summary>The tokens of a hub, kept in memory as hashes only.</summary>
internal sealed class HubTokens
{
    private readonly byte[] _operator;
    private readonly byte[] _enrolment;
    private readonly byte[] _cache;

    /// <exception cref="HubStartException">A token file is not what it should be.</exception>
    public HubTokens(HubPaths paths)
    {
        _operator = Hash(TokenFile.ReadOrCreate(OperatorFile(paths), "hmas_op_"));
        _enrolment = Hash(TokenFile.ReadOrCreate(EnrolmentFile(paths), "hmas_en_"));
        _cache = Hash(TokenFile.ReadOrCreate(CacheFile(paths), "hmas_ca_"));
    }

    public static string OperatorFile(HubPaths paths) => paths.Folder("operator.token");

    public static string EnrolmentFile(HubPaths paths) => paths.Folder("enrolment.token");

    public static string CacheFile(HubPaths paths) => paths.Folder("cache.token");

    /// <summary>The role that a token gives; null when it is none of ours. Takes the same time for each.</summary>
    public string? RoleOf(string token)
    {
        var hash = Hash(token);
        var isOperator = CryptographicOperations.FixedTimeEquals(hash, _operator);
        var isEnrolment = CryptographicOperations.FixedTimeEquals(hash, _enrolment);
        var isCache = CryptographicOperations.FixedTimeEquals(hash, _cache);
        return isOperator ? HubRoles.Operator : isEnrolment ? HubRoles.Enrolment : isCache ? HubRoles.Cache : null;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

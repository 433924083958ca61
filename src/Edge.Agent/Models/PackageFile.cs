using Hmas.Contracts.Twins;
using Hmas.Trust;

namespace Edge.Agent.Models;

/// <summary>A package given as a file instead of by the hub.</summary>
internal static class PackageFile
{
    /// <summary>What the hub would assign to get this package: its own digest. Whether it is acceptable is the verifier's to say.</summary>
    /// <exception cref="ModelRefusal">Not a package file.</exception>
    public static ModelAssignment AssignmentOf(byte[] bytes, string path)
    {
        try
        {
            var (digest, manifest) = ModelPackage.Peek(bytes, new PackageLimits());
            return new ModelAssignment { Digest = digest, Name = manifest.Name, Release = manifest.Release, PackageBytes = bytes.Length, Url = path,
                HealthWindows = 0 };
        }
        catch (PackageException error)
        {
            throw new ModelRefusal("download", $"{path}: {error.Reason}: {error.Message}", error);
        }
    }
}

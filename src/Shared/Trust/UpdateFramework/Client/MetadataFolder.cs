using System.Globalization;
using Hmas.Storage;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>The metadata a client trusts, as files. Each is replaced as a whole and durable before the next step, so a
/// power cut between any two steps leaves a state the next update starts from.</summary>
/// <remarks>Layout: docs/formats/update-metadata.md. Bytes are kept as they came. What is read back is not trusted: it is verified again.</remarks>
public sealed class MetadataFolder
{
    private readonly string _path;

    /// <param name="path">Created when it is not there.</param>
    public MetadataFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path);
    }

    /// <summary>Null when there is none, or one larger than this client would ever have kept.</summary>
    public byte[]? Read(string name, int maxBytes)
    {
        var file = new FileInfo(PathOf(name));
        return file.Exists && file.Length <= maxBytes ? File.ReadAllBytes(file.FullName) : null;
    }

    /// <exception cref="StorageException">The old file stands.</exception>
    public void Keep(string name, ReadOnlySpan<byte> bytes) => AtomicFile.Write(PathOf(name), bytes);

    /// <summary>Keeps a root, and its predecessors beside it: who was trusted when can be walked from the first root to the present one.</summary>
    /// <exception cref="StorageException">The old root stands.</exception>
    public void KeepRoot(long version, ReadOnlySpan<byte> bytes)
    {
        var history = Directory.CreateDirectory(Path.Combine(_path, "root_history")).FullName;
        AtomicFile.Write(Path.Combine(history, string.Create(CultureInfo.InvariantCulture, $"{version}.root.json")), bytes);
        Keep(Metadata.RootMetadata.Type, bytes);
    }

    /// <summary>Durable with the next <see cref="Keep"/>, whose folder sync covers it.</summary>
    public void Forget(string name) => File.Delete(PathOf(name));

    /// <summary>Name of a delegated role's file: by delegator and role, because another delegator's
    /// trust in the same role is another matter.</summary>
    public static string NameOf(DelegatedRole role)
    {
        ArgumentNullException.ThrowIfNull(role);
        // '@' and '=' stand in no escaped name, so no two roles share a file; no escaped name holds a '/'.
        var escaped = Uri.EscapeDataString(role.Name);
        var name = role.Delegator == Metadata.TargetsMetadata.Type ? escaped : $"{Uri.EscapeDataString(role.Delegator)}@{escaped}";
        return BoundedName.Of(name);
    }

    private string PathOf(string name) => Path.Combine(_path, $"{name}.json");
}

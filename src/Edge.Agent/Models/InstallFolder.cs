using System.Text;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;
using Hmas.Storage;

namespace Edge.Agent.Models;

/// <summary>Installs on disk: a folder each, whole before the pointer names it, and the pointer. What answers
/// changes with the pointer's rename and with nothing else.</summary>
/// <remarks>One loop owns it. The pointer is read anew each time: the launcher writes it before the program starts.</remarks>
internal sealed class InstallFolder
{
    public const string Program = "hmas-agent";
    public const string Rules = "rules.yaml";
    public const string Settings = "settings.yaml";
    public const string Model = "model.hmas";

    private const string AssignmentFile = "assignment.json";
    private const string ToldFile = "told";
    private const string FailureFile = "failure";
    private const string UnfinishedEnding = ".new";

    private readonly string _root;

    public InstallFolder(string stateFolder)
    {
        _root = Path.Combine(stateFolder, "installs");
        Directory.CreateDirectory(_root);
        AtomicFile.RemoveLeftovers(_root);
    }

    /// <summary>Why an install went back when the hub took it back.</summary>
    public const string TakenBack = "the hub took it back";

    /// <summary>Digest of the install that this program belongs to, as the launcher says it started it, whatever the
    /// pointer says by now; null: what the device was set up with.</summary>
    public static string? Running =>
        Environment.GetEnvironmentVariable("HMAS_INSTALL") is { Length: > 0 } folder ? "sha256:" + Path.GetFileName(folder) : null;

    private string PointerPath => Path.Combine(_root, "pointer");

    public InstallPointer Current => File.Exists(PointerPath) ? InstallPointer.Parse(File.ReadAllText(PointerPath)) : new InstallPointer();

    public string PathOf(string install) => Path.Combine(_root, install);

    /// <summary>The folder's name for a digest.</summary>
    public static string NameOf(string digest) => ArtefactDigest.Hex(digest);

    /// <summary>What an install came by; null for an install that is not there.</summary>
    public ModelAssignment? AssignmentOf(string install)
    {
        var path = Path.Combine(PathOf(install), AssignmentFile);
        return install.Length > 0 && File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ContractsJson.Default.ModelAssignment) : null;
    }

    /// <summary>Whether the end of a failed install is still to be told: the launcher, which may have ended it, cannot.</summary>
    public bool IsUntold(string install) => AssignmentOf(install) is not null && !File.Exists(Path.Combine(PathOf(install), ToldFile));

    public void MarkTold(string install) => Put(PathOf(install), ToldFile, []);

    /// <summary>Why an install was returned; null: the launcher gave it up.</summary>
    public string? FailureOf(string install) =>
        File.Exists(Path.Combine(PathOf(install), FailureFile)) ? File.ReadAllText(Path.Combine(PathOf(install), FailureFile)) : null;

    public bool Has(string install) => AssignmentOf(install) is not null && Current.Failed != install;

    /// <summary>Writes an install beside the active one. What it does not bring is taken over from the active one, so that each is whole.</summary>
    /// <param name="files">By name.</param>
    /// <exception cref="StorageException">No room.</exception>
    public void Stage(ModelAssignment assignment, IReadOnlyDictionary<string, byte[]> files)
    {
        var unfinished = PathOf(NameOf(assignment.Digest)) + UnfinishedEnding;
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        foreach (var (name, bytes) in files) Put(unfinished, name, bytes);
        var active = Current.Active;
        // A model goes its own way from one install to the next: it is in the slots.
        foreach (var name in new[] { Program, Rules, Settings })
        {
            var old = Path.Combine(PathOf(active), name);
            if (active.Length > 0 && !files.ContainsKey(name) && File.Exists(old)) Put(unfinished, name, File.ReadAllBytes(old));
        }

        Put(unfinished, AssignmentFile, JsonSerializer.SerializeToUtf8Bytes(assignment, ContractsJson.Default.ModelAssignment));
        var whole = PathOf(NameOf(assignment.Digest));
        if (Directory.Exists(whole)) Directory.Delete(whole, recursive: true);
        Directory.Move(unfinished, whole);
    }

    /// <summary>From the next start on this install runs, on trial.</summary>
    public void Activate(string install)
    {
        var current = Current;
        // One that is on trial itself is nothing to go back to.
        Write(new InstallPointer(install, current.Committed ? current.Active : current.Previous, Committed: false));
    }

    public void Commit()
    {
        Write(Current with { Committed = true, Starts = 0, Failed = "" });
        Collect();
    }

    /// <summary>From the next start on the one before runs again.</summary>
    /// <param name="failure">What was wrong, for people.</param>
    public void Return(string failure) => Return(Current.Previous, failure);

    /// <summary>From the next start on this one runs again, as the hub wants it: it has proven itself.</summary>
    /// <param name="install">One that is there; empty: what the device was set up with.</param>
    public void TakeBack(string install) => Return(install, TakenBack);

    private void Return(string install, string failure)
    {
        var active = Current.Active;
        Put(PathOf(active), FailureFile, Encoding.UTF8.GetBytes(failure));
        Write(new InstallPointer(install, Failed: active));
    }

    /// <summary>Not tried again until something else is assigned.</summary>
    public void Refuse(ModelAssignment assignment)
    {
        if (Current.Active == NameOf(assignment.Digest)) return;
        Stage(assignment, new Dictionary<string, byte[]>());
        MarkTold(NameOf(assignment.Digest));
        Write(Current with { Failed = NameOf(assignment.Digest) });
        Collect();
    }

    private void Collect()
    {
        var current = Current;
        foreach (var folder in Directory.EnumerateDirectories(_root))
        {
            var name = Path.GetFileName(folder);
            if (name != current.Active && name != current.Previous && name != current.Failed) Directory.Delete(folder, recursive: true);
        }
    }

    private void Write(InstallPointer pointer) => AtomicFile.Write(PointerPath, pointer.ToBytes());

    private static void Put(string folder, string name, byte[] bytes) => AtomicFile.Write(
        Path.Combine(folder, name), bytes,
        name == Program ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : UnixFileMode.UserRead | UnixFileMode.UserWrite);
}

using Hmas.Storage;
using Hmas.Testing;

namespace Shared.Tests.Storage;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_as_a_whole_and_nothing_else_is_left_in_the_folder()
    {
        var path = _folder.File("state.bin");
        AtomicFile.Write(path, "first, and longer"u8);
        AtomicFile.Write(path, "second"u8);
        Assert.Equal("second"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_write_left_behind_goes_and_everything_else_stays()
    {
        string[] kept = ["state.bin", ".hidden.tmp", "0123456789abcdef0123456789abcdef.tmp", ".0123456789abcdef0123456789abcdef.part"];
        foreach (var name in kept) File.WriteAllText(_folder.File(name), "");
        File.WriteAllText(_folder.File(".0123456789abcdef0123456789abcdef.tmp"), "half of a fi");
        AtomicFile.RemoveLeftovers(_folder.Path);
        Assert.Equal(kept.Order(StringComparer.Ordinal), Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_secret_is_never_readable_by_others()
    {
        var path = _folder.File("token");
        AtomicFile.Write(path, "secret"u8, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_missing_folder_is_named_in_the_error()
    {
        var path = _folder.File("missing/state.bin");
        var error = Assert.Throws<StorageException>(() => AtomicFile.Write(path, "x"u8));
        Assert.Equal(StorageReason.Access, error.Reason);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }
}

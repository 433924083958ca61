using Hmas.Storage;
using Hmas.Testing;

namespace Shared.Tests.Storage;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RecordPairTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_newest_content_is_read_whatever_its_length()
    {
        Assert.Null(Open().Content);
        foreach (var text in (string[])["first", "second, which is longer", "", "third"])
        {
            Open().Write(Bytes(text));
            Assert.Equal(text, Read());
        }
    }

    /// <summary>Every length that a write may be cut at, and every byte that it may have left wrong.</summary>
    [Fact]
    public void A_write_that_ended_anywhere_leaves_the_content_before()
    {
        Open().Write("before"u8);
        var pair = Open();
        var before = File.ReadAllBytes(_folder.File("record.a"));
        pair.Write("the newest"u8);
        var newest = File.ReadAllBytes(_folder.File("record.b"));
        for (var i = 0; i < newest.Length; i++)
        {
            File.WriteAllBytes(_folder.File("record.b"), newest[..i]);
            Assert.Equal("before", Read());
            File.WriteAllBytes(_folder.File("record.b"), [.. newest[..i], (byte)(newest[i] ^ 0x10), .. newest[(i + 1)..]]);
            Assert.Equal("before", Read());
        }

        Assert.Equal(before, File.ReadAllBytes(_folder.File("record.a")));
        Assert.True(File.Exists(_folder.File("record.b.unreadable")));
    }

    [Fact]
    public void A_write_never_goes_over_the_content_that_is_safe_from_a_power_cut()
    {
        var pair = Open();
        pair.Write("safe"u8);
        var safe = File.ReadAllBytes(_folder.File("record.a"));
        pair.Write("not yet"u8, toDisk: false);
        Assert.Equal("not yet", Read());
        pair.Write("safe too"u8);
        Assert.Equal(safe, File.ReadAllBytes(_folder.File("record.a")));
        Assert.Equal("safe too", Read());
        pair.Write("last"u8);
        Assert.NotEqual(safe, File.ReadAllBytes(_folder.File("record.a")));
        Assert.Equal("last", Read());
    }

    [Fact]
    public void Either_file_alone_is_enough_to_go_on()
    {
        foreach (var lost in (string[])["record.a", "record.b"])
        {
            var pair = Open();
            for (var i = 0; i < 2; i++) pair.Write("both"u8);
            File.Delete(_folder.File(lost));
            Assert.Equal("both", Read());
            Open().Write("on"u8);
            Assert.Equal("on", Read());
        }
    }

    [Fact]
    public void A_failed_write_changes_nothing_and_says_why()
    {
        var pair = Open();
        pair.Write("before"u8);
        Directory.CreateDirectory(_folder.File("record.b"));
        Assert.Equal(StorageReason.Access, Assert.Throws<StorageException>(() => pair.Write("after"u8)).Reason);
        Directory.Delete(_folder.File("record.b"));
        Assert.Equal("before", Read());
        pair.Write("after"u8);
        Assert.Equal("after", Read());
    }

    [Fact]
    public void The_bytes_on_disk_are_those_of_the_format()
    {
        Open().Write("hmas"u8);
        Assert.Equal("485052315FA3DBEB040000000100000000000000686D6173", Convert.ToHexString(File.ReadAllBytes(_folder.File("record.a"))));
    }

    private RecordPair Open() => RecordPair.Open(_folder.File("record"));

    private string? Read() => Open().Content is { } content ? System.Text.Encoding.UTF8.GetString(content) : null;

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}

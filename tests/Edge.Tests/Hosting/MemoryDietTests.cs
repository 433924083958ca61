using Edge.Agent.Hosting;

namespace Edge.Tests.Hosting;

/// <summary>Which pages may be given up: those of files that hold what the file holds, because nothing else comes back as it was.</summary>
public sealed class MemoryDietTests
{
    private const string Clean = "Rss:                4096 kB\nAnonymous:             0 kB\nVmFlags: rd ex mr mw me";
    private const string Written = "Rss:                4096 kB\nAnonymous:           320 kB\nVmFlags: rd mr mw me ac";

    [Theory]
    [InlineData("r-xp")]
    [InlineData("r--p")]
    public void Code_and_constants_of_a_file_are_given_up_with_their_range(string rights)
    {
        var pages = Pages($"7f63c7c00000-7f63c8e00000 {rights} 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so\n{Clean}");
        Assert.Equal((0x7f63c7c00000, 0x7f63c8e00000), Assert.Single(pages));
    }

    [Fact]
    public void What_the_loader_relocated_stays()
    {
        Assert.Empty(Pages($"7f63c7c00000-7f63c8e00000 r--p 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so\n{Written}"));
    }

    [Theory]
    [InlineData("7f63c7c00000-7f63c8e00000 rw-p 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so")]
    [InlineData("7f63c7c00000-7f63c8e00000 rwxp 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so")]
    [InlineData("7f63c7c00000-7f63c8e00000 r--s 00000000 08:01 1234                       /var/lib/hmas/outbox.db-shm")]
    [InlineData("7f63c7c00000-7f63c8e00000 r-xp 00000000 00:00 0 ")]
    [InlineData("7fff2d9f2000-7fff2d9f4000 r-xp 00000000 00:00 0                          [vdso]")]
    [InlineData("55d0c0de0000-55d0c0e01000 rw-p 00000000 00:00 0                          [heap]")]
    [InlineData("")]
    [InlineData("no map-ping at all r-xp /")]
    public void Everything_else_stays(string line) => Assert.Empty(Pages($"{line}\n{Clean}"));

    [Fact]
    public void A_mapping_that_stays_does_not_take_the_one_before_it_along()
    {
        Assert.Empty(Pages($"1000-2000 r-xp 00400000 08:01 1234 /opt/a.so\n2000-3000 rw-p 00400000 08:01 1234 /opt/a.so\n{Clean}"));
    }

    private static (long From, long To)[] Pages(string smaps) =>
        [.. MemoryDiet.CleanFilePages(smaps.Split('\n')).Select(static range => ((long)range.From, (long)range.To))];
}

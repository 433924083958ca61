using Edge.Agent.Hosting;

namespace Edge.Tests.Hosting;

/// <summary>Which pages may be given up: code of files alone, because nothing else comes back as it was.</summary>
public sealed class MemoryDietTests
{
    [Fact]
    public void Code_of_a_file_is_given_up_with_its_range()
    {
        Assert.True(MemoryDiet.TryReadCode("7f63c7c00000-7f63c8e00000 r-xp 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so", out var from, out var to));
        Assert.Equal((0x7f63c7c00000, 0x7f63c8e00000), (from, to));
    }

    [Theory]
    [InlineData("7f63c7c00000-7f63c8e00000 r--p 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so")]
    [InlineData("7f63c7c00000-7f63c8e00000 rw-p 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so")]
    [InlineData("7f63c7c00000-7f63c8e00000 rwxp 00400000 08:01 1234                       /opt/hmas/libonnxruntime.so")]
    [InlineData("7f63c7c00000-7f63c8e00000 r-xp 00000000 00:00 0 ")]
    [InlineData("7fff2d9f2000-7fff2d9f4000 r-xp 00000000 00:00 0                          [vdso]")]
    [InlineData("55d0c0de0000-55d0c0e01000 rw-p 00000000 00:00 0                          [heap]")]
    [InlineData("")]
    [InlineData("no map at all r-xp /")]
    public void Everything_else_stays(string line) => Assert.False(MemoryDiet.TryReadCode(line, out _, out _));
}

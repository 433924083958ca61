using System.Diagnostics;
using Hmas.Testing;

namespace Hmas.System.Tests;

/// <summary>The published update client's command line: whatever goes wrong, it says so and ends with 1.</summary>
public sealed class UpdateClientCommandLineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "no command is given")]
    [InlineData("frobnicate", "no command 'frobnicate'")]
    [InlineData("--colour red refresh", "unknown option --colour")]
    [InlineData("--metadata-dir", "--metadata-dir needs a value")]
    [InlineData("init root.json", "--metadata-dir is needed for init")]
    [InlineData("--metadata-dir D --metadata-dir E init root.json", "given more than once")]
    [InlineData("--metadata-dir D init", "no command 'init'")]
    [InlineData("--metadata-dir D init no-such-file.json", "no-such-file.json")]
    [InlineData("--metadata-dir D init /dev/zero", "TooLarge")]
    [InlineData("--metadata-dir /proc/self/D refresh --metadata-url http://127.0.0.1:1/", "/proc/self/D")]
    [InlineData("--metadata-dir D --metadata-url ftp://host/ refresh", "no http or https address")]
    [InlineData("--metadata-dir D --metadata-url http://127.0.0.1:1/ refresh", "run init first")]
    [InlineData("--metadata-dir D --metadata-url http://127.0.0.1:1/ refresh now", "no command 'refresh now'")]
    [InlineData("--metadata-dir D --metadata-url http://127.0.0.1:1/ --target-dir T download", "--target-name is needed")]
    public async Task A_wrong_command_line_ends_with_1_and_says_why(string line, string said)
    {
        var start = new ProcessStartInfo(
            UpdateClientProgram.Path,
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) { WorkingDirectory = _folder.Path };
        var end = await Tool.TryAsync(start);
        Assert.Equal(1, end.Code);
        Assert.Contains(said, end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_help_says_what_every_option_is()
    {
        using var program = Process.Start(new ProcessStartInfo(UpdateClientProgram.Path, ["--help"]) { RedirectStandardOutput = true })!;
        var said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
        Assert.All(
            ["--metadata-dir", "--metadata-url", "--target-name", "--target-base-url", "--target-dir"],
            option => Assert.Matches($@"(?m)^{option} \w +\w", said));
    }
}

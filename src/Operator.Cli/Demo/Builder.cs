using Operator.Cli.Demo.Progress;
using Operator.Cli.Demo.Site;

namespace Operator.Cli.Demo;

/// <summary>Publishes the hub and the agent from source, natively where a C compiler is to be had.</summary>
internal sealed class Builder(DemoOptions options, ProgressView view)
{
    /// <summary>False when the agent runs under the JIT for want of a linker.</summary>
    public static bool IsNative => OnPath("clang") || OnPath("gcc");

    public async Task RunAsync(CancellationToken cancellation)
    {
        view.Report(0, "publishing the hub and its dashboard");
        await PublishAsync("hub", ["publish", Source("Cloud.Hub"), "-c", "Release", "-o", Target("hub")], 0.5, cancellation);
        if (!IsNative) view.Report(0.5, "neither gcc nor clang is here: the agent runs under the JIT instead of natively");
        else view.Report(0.5, "compiling the agent to a native program");
        string[] runtime = ["publish", Source("Edge.Agent"), "-c", "Release", "-r", "linux-x64", "-o", Target("agent")];
        await PublishAsync("agent", IsNative ? runtime : [.. runtime, "-p:PublishAot=false", "--no-self-contained"], 1, cancellation);
    }

    private async Task PublishAsync(string program, IEnumerable<string> arguments, double share, CancellationToken cancellation)
    {
        await using var build = ChildProcess.Start(
            $"the build of the {program}", "dotnet", [.. arguments, "-v", "q", "-clp:ErrorsOnly"],
            Path.Combine(options.WorkFolder, $"build-{program}.log"));
        var code = await build.WaitAsync(cancellation);
        view.Advance(share);
        if (code != 0) throw new InvalidOperationException($"the build of the {program} failed:\n{string.Join('\n', build.Tail(15))}");
    }

    private string Source(string project) => Path.Combine(options.Root.FullName, "src", project);

    private string Target(string program) => Path.Combine(options.Root.FullName, "artifacts", "publish", program);

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

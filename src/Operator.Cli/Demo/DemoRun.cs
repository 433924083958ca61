using Operator.Cli.Demo.Progress;

namespace Operator.Cli.Demo;

internal sealed class DemoRun(DemoOptions options, ProgressView view, TimeProvider time)
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        view.Enter(DemoStages.Build);
        await Task.Delay(TimeSpan.Zero, time, cancellation);
        return options.Devices > 0 ? 1 : 0;
    }
}

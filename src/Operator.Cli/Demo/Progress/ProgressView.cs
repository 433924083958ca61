using Spectre.Console;

namespace Operator.Cli.Demo.Progress;

/// <summary>Stage, percentage and time left: a live bar on a terminal, plain lines elsewhere.</summary>
internal sealed class ProgressView
{
    private readonly StagePlan _plan;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ProgressTask? _bar;
    private string _stage = "";
    private double _stageShare;

    private ProgressView(StagePlan plan, TimeProvider time, ProgressTask? bar)
    {
        _plan = plan;
        _time = time;
        _started = time.GetTimestamp();
        _bar = bar;
    }

    /// <summary>Runs work under a view that fits the output.</summary>
    public static async Task<int> RunAsync(StagePlan plan, Func<ProgressView, Task<int>> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || !AnsiConsole.Profile.Out.IsTerminal)
            return await work(new ProgressView(plan, TimeProvider.System, null));

        var code = 1;
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async context => code = await work(new ProgressView(plan, TimeProvider.System, context.AddTask("starting", maxValue: 1))));
        return code;
    }

    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    public void Enter(string stage)
    {
        _stage = stage;
        _stageShare = 0;
        Show(_plan.Find(stage).Description);
    }

    /// <summary>Says what happened within the stage.</summary>
    /// <param name="share">Share of the stage done, 0 to 1; it never goes back.</param>
    /// <param name="message">One line.</param>
    public void Report(double share, string message)
    {
        _stageShare = Math.Max(_stageShare, share);
        Show(message);
    }

    /// <summary>Moves the share alone: no line of its own.</summary>
    public void Advance(double share)
    {
        _stageShare = Math.Max(_stageShare, share);
        if (_bar is not null) _bar.Value = _plan.ShareDone(_stage, _stageShare);
    }

    private void Show(string message)
    {
        var share = _plan.ShareDone(_stage, _stageShare);
        var left = _plan.TimeLeft(share, Elapsed);
        if (_bar is null)
        {
            Console.WriteLine($"[{100 * share,3:0} %] {_stage}: {message} ({left:m\\:ss} left)");
            return;
        }

        _bar.Value = share;
        _bar.Description = Markup.Escape($"{_stage}: {Shorten(message, 70)}  {left:m\\:ss} left");
        AnsiConsole.MarkupLineInterpolated($"[grey]{Elapsed:m\\:ss}[/] [bold]{_stage}[/] {message}");
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}

using System.CommandLine;
using Operator.Cli.Demo.Progress;

namespace Operator.Cli.Demo;

/// <summary>The command line of <c>demo</c>.</summary>
internal static class DemoCommand
{
    /// <summary>From a signal to the end of the last program that it started: the agents, then the hub, are given
    /// ten seconds each before force.</summary>
    public static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(45);

    public static Command Create()
    {
        var root = new Option<DirectoryInfo>("--root") { HelpName = "folder", Description = "Root of the source tree", DefaultValueFactory = _ => new DirectoryInfo(".") };
        var data = new Option<string?>(
            "--data") { HelpName = "folder", Description =
                $"Folder of recordings in SKAB's layout, or '{DemoOptions.Simulated}' for a simulated pump [default: ../shared/data/skab where present, else {DemoOptions.Simulated}]" };
        var speed = new Option<double>("--speed") { HelpName = "factor", Description = "Times faster than recorded", DefaultValueFactory = _ => 150 };
        var devices = new Option<int>("--devices") { HelpName = "number", Description = "Devices of the site, 2 to 12", DefaultValueFactory = _ => 6 };
        var seed = new Option<int>("--seed") { HelpName = "number", Description = "Seed of training and simulation", DefaultValueFactory = _ => 1 };
        var keepRunning = new Option<bool>("--keep-running") { Description = "Leave hub and devices running at the end, until Ctrl+C" };
        var noBadModel = new Option<bool>("--no-bad-model") { Description = "Skip the deliberately bad model" };
        var portOffset = new Option<int>("--port-offset") { HelpName = "number", Description = "Added to every port of the hub", DefaultValueFactory = _ => 0 };
        speed.Validators.Add(result => Require(result, result.GetValueOrDefault<double>() > 0, "--speed must be over 0"));
        devices.Validators.Add(result => Require(result, result.GetValueOrDefault<int>() is >= 2 and <= 12, "--devices must be 2 to 12"));
        portOffset.Validators.Add(result => Require(
            result, result.GetValueOrDefault<int>() is >= 0 and <= 50_000, "--port-offset must be 0 to 50000"));
        data.Validators.Add(result => Require(
            result, result.GetValueOrDefault<string?>() is null or DemoOptions.Simulated || Directory.Exists(result.GetValueOrDefault<string?>()),
            $"--data {result.GetValueOrDefault<string?>()}: there is no such folder"));

        var command = new Command(
            "demo", "The whole loop on this machine, from sensor rows to a better model on every device; then a bad model is thrown back.")
        {
            root, data, speed, devices, seed, keepRunning, noBadModel, portOffset,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DemoOptions
            {
                Root = parsed.GetRequiredValue(root),
                Data = parsed.GetValue(data),
                Speed = parsed.GetValue(speed),
                Devices = parsed.GetValue(devices),
                Seed = parsed.GetValue(seed),
                KeepRunning = parsed.GetValue(keepRunning),
                BadModel = !parsed.GetValue(noBadModel),
                PortOffset = parsed.GetValue(portOffset),
            };
            return await ProgressView.RunAsync(
                DemoStages.For(options), view => new DemoRun(options, view, TimeProvider.System).RunAsync(cancellation));
        });
        return command;
    }

    private static void Require(System.CommandLine.Parsing.OptionResult result, bool holds, string otherwise)
    {
        if (!holds) result.AddError(otherwise);
    }
}

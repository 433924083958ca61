using System.CommandLine;

namespace Operator.Cli.Fleet;

/// <summary>Options of <c>hmas learn start</c> that make it federated rounds over devices.</summary>
internal sealed class FederatedOptions
{
    private readonly Option<int?> _rounds = new(
        "--federated") { HelpName = "rounds", Description = "So many rounds in which devices tune the parent's head on windows that stay with them" };
    private readonly Option<string> _join = new(
        "--join") { HelpName = "way", Description = "How a round joins updates: trimmed-mean, median or mean", DefaultValueFactory = static _ => "trimmed-mean" };
    private readonly Option<string[]> _devices = new(
        "--device") { HelpName = "device", Description = "Device that takes part, repeatable [default: all that answer with the parent and have labels]" };
    private readonly Option<int> _least = new(
        "--min-devices") { HelpName = "number", Description = "Fewer accepted updates change nothing", DefaultValueFactory = static _ => 3 };
    private readonly Option<double> _proximal = new("--proximal") { HelpName = "number", Description = "Pull back to the head that was sent (FedProx)" };
    private readonly Option<double> _serverRate = new("--server-rate") { HelpName = "number", Description = "FedAdam's rate [default: 0, updates are added as they are]" };
    private readonly Option<double> _noise = new("--noise") { HelpName = "number", Description = "Deviation of the noise that devices add, over the largest norm" };

    public Command AddTo(Command command)
    {
        foreach (var option in new Option[] { _rounds, _join, _devices, _least, _proximal, _serverRate, _noise }) command.Options.Add(option);
        return command;
    }

    /// <summary>Null: an ordinary fit.</summary>
    public object? Read(ParseResult parsed) => parsed.GetValue(_rounds) is { } rounds
        ? new
        {
            Rounds = rounds,
            Join = parsed.GetRequiredValue(_join),
            Devices = parsed.GetValue(_devices) ?? [],
            MinDevices = parsed.GetValue(_least),
            Proximal = parsed.GetValue(_proximal),
            ServerRate = parsed.GetValue(_serverRate),
            Noise = parsed.GetValue(_noise),
        }
        : null;
}

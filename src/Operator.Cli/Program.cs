using System.CommandLine;
using System.CommandLine.Invocation;
using Operator.Cli.Demo;
using Operator.Cli.Fleet;
using Operator.Cli.Keys;
using Operator.Cli.Terminal;

var root = new RootCommand(
    "HMAS operator's program: what a person does with a fleet from a terminal.") { DemoCommand.Create(), DevicesCommand.Create(),
        FleetCommand.Create(), AlarmsCommand.Create(),
        ModelsCommand.Create(), ArtefactsCommand.Create(), RolloutCommand.Create(), TrainingCommand.Create(), LabelCommand.Create(),
        AuditCommand.Create(), KeysCommand.Create() };
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction error)
{
    if (parsed.CommandResult.Command.Action is not null)
    {
        Mistyped.Say(parsed);
        return Mistyped.ExitCode;
    }

    // Who names no verb sees what there is.
    error.ShowHelp = true;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = DemoCommand.EndsWithin });

using System.CommandLine;
using System.CommandLine.Invocation;
using Operator.Cli.Demo;
using Operator.Cli.Fleet;
using Operator.Cli.Keys;

var root = new RootCommand(
    "HMAS operator's program: what a person does with a fleet from a terminal.") { DemoCommand.Create(), DevicesCommand.Create(),
        ModelsCommand.Create(), ArtefactsCommand.Create(), RolloutCommand.Create(), TrainingCommand.Create(), LabelCommand.Create(),
        AuditCommand.Create(), KeysCommand.Create() };
var parsed = root.Parse(args);
// What is mistyped is told in a line that stays in sight; who names no verb sees what there is.
if (parsed.Action is ParseErrorAction error) error.ShowHelp = parsed.CommandResult.Command.Action is null;
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = DemoCommand.EndsWithin });

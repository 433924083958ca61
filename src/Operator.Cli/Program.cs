using System.CommandLine;
using Operator.Cli.Demo;
using Operator.Cli.Fleet;
using Operator.Cli.Keys;

var root = new RootCommand(
    "HMAS operator's program: what a person does with a fleet from a terminal.") { DemoCommand.Create(), DevicesCommand.Create(),
        ModelsCommand.Create(), ArtefactsCommand.Create(), RolloutCommand.Create(), TrainingCommand.Create(), LabelCommand.Create(),
        AuditCommand.Create(), KeysCommand.Create() };
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = DemoCommand.EndsWithin });

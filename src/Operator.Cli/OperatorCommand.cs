using System.CommandLine;
using Operator.Cli.Demo;
using Operator.Cli.Fleet;
using Operator.Cli.Keys;

namespace Operator.Cli;

/// <summary>The command line of <c>hmas</c>.</summary>
internal static class OperatorCommand
{
    public static RootCommand Create() => new("HMAS operator's program: what a person does with a fleet from a terminal.")
    {
        DemoCommand.Create(), DevicesCommand.Create(), FleetCommand.Create(), AlarmsCommand.Create(), ModelsCommand.Create(),
        ArtefactsCommand.Create(), RolloutCommand.Create(), TrainingCommand.Create(), LabelCommand.Create(), AuditCommand.Create(),
        KeysCommand.Create(),
    };
}

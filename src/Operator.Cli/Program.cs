using System.CommandLine;
using System.CommandLine.Invocation;
using Operator.Cli;
using Operator.Cli.Demo;
using Operator.Cli.Terminal;

var parsed = OperatorCommand.Create().Parse(args);
if (parsed.Action is ParseErrorAction error)
{
    if (parsed.CommandResult.Command.Action is not null || parsed.UnmatchedTokens.Count > 0)
    {
        Mistyped.Say(parsed);
        return Mistyped.ExitCode;
    }

    // Who names no verb sees what there is.
    error.ShowHelp = true;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = DemoCommand.EndsWithin });

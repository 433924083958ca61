using System.CommandLine;
using System.CommandLine.Invocation;
using Cloud.Hub.Host;
using Hmas.Inference;

// Before anything can load the native library.
NativeRuntime.DisableTelemetry();
var parsed = HubCommand.Create().Parse(args);
// What is mistyped is told in a line that stays in sight; who names no verb sees what there is.
if (parsed.Action is ParseErrorAction error) error.ShowHelp = parsed.CommandResult.Command.Action is null && parsed.UnmatchedTokens.Count == 0;
// A stop (SIGTERM, Ctrl-C) cancels the verb; a hub that is still starting stands first, and then goes down in order.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

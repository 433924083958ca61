using System.CommandLine.Invocation;
using Cloud.Hub.Host;
using Hmas.Inference;

// Before anything can load the native library.
NativeRuntime.DisableTelemetry();
var parsed = HubCommand.Create().Parse(args);
// What is mistyped is told in a line that stays in sight; who names no verb sees what there is.
if (parsed.Action is ParseErrorAction error) error.ShowHelp = parsed.CommandResult.Command.Action is null;
return await parsed.InvokeAsync();

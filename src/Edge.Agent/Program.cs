using System.CommandLine;
using System.CommandLine.Invocation;
using Edge.Agent.Hosting;
using Edge.Agent.Hosting.CommandLine;
using Hmas.Inference;

// Before any thread starts and any native library is loaded.
NativeRuntime.DisableTelemetry();
MemoryDiet.Begin();
// A stop (SIGTERM, Ctrl-C) cancels the verb; what it has in memory is on disk well within this time.
var parsed = AgentCommandLine.Create().Parse(args);
// What is mistyped is told in a line that stays in sight; who names no verb sees what there is.
if (parsed.Action is ParseErrorAction error) error.ShowHelp = parsed.CommandResult.Command.Action is null && parsed.UnmatchedTokens.Count == 0;
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

using System.CommandLine;
using Edge.Agent.Hosting;
using Hmas.Inference;

// Before any thread starts and any native library is loaded.
NativeRuntime.DisableTelemetry();
MemoryDiet.Begin();
// A stop (SIGTERM, Ctrl-C) cancels the verb; what it has in memory is on disk well within this time.
return await AgentCommandLine.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

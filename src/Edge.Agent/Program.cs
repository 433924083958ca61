using Edge.Agent.Hosting;
using Hmas.Inference;

// Before any thread starts and any native library is loaded.
NativeRuntime.DisableTelemetry();
return await AgentCommandLine.Create().Parse(args).InvokeAsync();

using Cloud.Hub.Host;
using Hmas.Inference;

// Before anything can load the native library.
NativeRuntime.DisableTelemetry();
return await HubCommand.Create().Parse(args).InvokeAsync();

using Cloud.Hub.Host;

return await HubCommand.Create().Parse(args).InvokeAsync();

using System.CommandLine;
using Operator.Cli.Demo;

var root = new RootCommand("HMAS operator's program: what a person does with a fleet from a terminal.") { DemoCommand.Create() };
return await root.Parse(args).InvokeAsync();

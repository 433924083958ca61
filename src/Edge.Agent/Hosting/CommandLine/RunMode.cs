namespace Edge.Agent.Hosting.CommandLine;

/// <param name="ExitAtEnd">Ends when the sensor's stream has ended and the hub holds everything; for trials with a recording.</param>
internal sealed record RunMode(bool ExitAtEnd);

namespace Cloud.Hub.Redistribution.Contract;

public sealed class RolloutRefusedException(string message) : Exception(message);

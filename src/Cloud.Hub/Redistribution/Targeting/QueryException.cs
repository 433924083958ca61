namespace Cloud.Hub.Redistribution.Targeting;

/// <summary>A device query that cannot be read.</summary>
/// <param name="position">Of the first character that does not fit, from 1.</param>
/// <param name="problem">What was expected there.</param>
internal sealed class QueryException(int position, string problem) : Exception($"at character {position}: {problem}");

namespace Hmas.Storage;

/// <summary>One step of a schema: the statements that bring a file from <c>Version - 1</c> to <c>Version</c>,
/// run in one transaction with the new <c>user_version</c>.</summary>
/// <param name="Version">1, 2, 3 … without a hole; a landed step is never edited.</param>
/// <param name="Sql">One or more statements; no transaction statements.</param>
public sealed record Migration(int Version, string Sql);

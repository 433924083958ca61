namespace Hmas.Storage;

/// <summary>What came out of a corrupt file.</summary>
/// <param name="Aside">Where the corrupt file now is.</param>
/// <param name="Rows">Rows copied.</param>
/// <param name="Lost">Row ids within unreadable stretches: at most so many rows are lost; a table of which nothing reads counts as 1.</param>
/// <param name="Stretches">Unreadable stretches.</param>
internal sealed record SalvageReport(string Aside, long Rows, long Lost, int Stretches);

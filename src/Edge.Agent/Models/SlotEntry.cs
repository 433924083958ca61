namespace Edge.Agent.Models;

/// <summary>A package that stands in a slot; its file is <c>models/&lt;hex of the digest&gt;.hmas</c>.</summary>
internal sealed record SlotEntry(string Digest, string Name, long Release);

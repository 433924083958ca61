namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Which products of a chain stay in float: what enters and what leaves a model are rounded
/// once each, and nothing behind makes up for it.</summary>
[Flags]
internal enum FloatEnds
{
    None = 0,

    /// <summary>The last one: its answer has no steps.</summary>
    Last = 1,

    /// <summary>The first one: the input has no steps and no bounds.</summary>
    First = 2,
}

namespace Hmas.Contracts.Artefacts;

/// <summary>How each kind is named in requests, in paths and in signed metadata.</summary>
public static class ArtefactKinds
{
    private static readonly (string Word, string Folder, string Ending)[] Names =
    [
        ("model", "models", ".hmas"), ("rules", "rules", ".yaml"), ("agent", "agents", ".bin"), ("configuration", "configs", ".yaml"),
        ("bundle", "bundles", ".json"), ("firmware", "firmware", ".swu"),
    ];

    public static IReadOnlyList<ArtefactKind> All { get; } = Enum.GetValues<ArtefactKind>();

    /// <summary>For people: <c>configuration</c>.</summary>
    public static string Word(ArtefactKind kind) => Names[(int)kind].Word;

    /// <summary>First part of its target paths: <c>configs</c>.</summary>
    public static string Folder(ArtefactKind kind) => Names[(int)kind].Folder;

    /// <summary>With the dot.</summary>
    public static string Ending(ArtefactKind kind) => Names[(int)kind].Ending;

    /// <summary>What runs beside a device's model, switched as one: everything but models and firmware.</summary>
    public static bool IsInstall(ArtefactKind kind) => kind is not (ArtefactKind.Model or ArtefactKind.Firmware);

    public static ArtefactKind? OfFolder(string folder) => Find(name => name.Folder == folder);

    /// <exception cref="FormatException">No kind; the message lists them.</exception>
    public static ArtefactKind Require(string? word) =>
        Find(name => name.Word == word)
        ?? throw new FormatException($"kind '{word}' is none of {string.Join(", ", Names.Select(static name => name.Word))}");

    /// <summary>What a device's release counter counts: a model's name alone, for other kinds folder and name. No two kinds share one.</summary>
    public static string Counter(ArtefactKind kind, string name) => kind == ArtefactKind.Model ? name : $"{Folder(kind)}/{name}";

    private static ArtefactKind? Find(Predicate<(string Word, string Folder, string Ending)> isIt) =>
        Array.FindIndex(Names, isIt) is >= 0 and var index ? (ArtefactKind)index : null;
}
